#include "benchmarks/quality.h"

#include <algorithm>
#include <limits>

namespace nestor::bench {
namespace {

double Recall(const RowIds& answer, const RowIds& truth, const float* query,
              const ExactScorer& scorer) {
  double worst = std::numeric_limits<double>::infinity();
  for (const uint32_t row : truth) worst = std::min(worst, scorer.Score(query, row));
  RowIds rows(answer.begin(), answer.begin() + std::min(answer.size(), truth.size()));
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  const auto found = std::count_if(rows.begin(), rows.end(),
                                   [&](uint32_t row) { return scorer.Score(query, row) >= worst; });
  return static_cast<double>(found) / static_cast<double>(truth.size());
}

}  // namespace

double MeanRecall(const Answers& answers, const Answers& truth, const FloatMatrix& queries,
                  const ExactScorer& scorer) {
  double sum = 0;
  for (size_t q = 0; q < answers.size(); ++q) {
    sum += Recall(answers[q], truth[q], queries.Row(q), scorer);
  }
  return sum / static_cast<double>(answers.size());
}

double MeanAveragePrecision(const Answers& answers, absl::Span<const int64_t> labels,
                            absl::Span<const int64_t> query_labels, size_t k) {
  double sum = 0;
  for (size_t q = 0; q < answers.size(); ++q) {
    size_t hits = 0;
    for (size_t i = 0; i < std::min(k, answers[q].size()); ++i) {
      if (labels[answers[q][i]] != query_labels[q]) continue;
      sum += static_cast<double>(++hits) / static_cast<double>(i + 1);
    }
  }
  return sum / static_cast<double>(k * answers.size());
}

}  // namespace nestor::bench
