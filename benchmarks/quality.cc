#include "benchmarks/quality.h"

#include <algorithm>
#include <limits>

#include "absl/container/flat_hash_map.h"

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
  absl::flat_hash_map<int64_t, size_t> relevant;
  for (const int64_t label : labels) ++relevant[label];
  double sum = 0;
  size_t queries = 0;
  for (size_t q = 0; q < answers.size(); ++q) {
    const auto it = relevant.find(query_labels[q]);
    if (it == relevant.end()) continue;
    double precisions = 0;
    size_t hits = 0;
    for (size_t i = 0; i < std::min(k, answers[q].size()); ++i) {
      if (labels[answers[q][i]] != query_labels[q]) continue;
      precisions += static_cast<double>(++hits) / static_cast<double>(i + 1);
    }
    sum += precisions / static_cast<double>(std::min(k, it->second));
    ++queries;
  }
  return queries == 0 ? 0 : sum / static_cast<double>(queries);
}

}  // namespace nestor::bench
