#include "benchmarks/paper/label_quality.h"

#include <algorithm>

#include "benchmarks/quality.h"

namespace nestor::bench {

LabelJudge::LabelJudge(const Labels& labels) : labels_(labels) {
  for (const int64_t label : labels.base) ++rows_of_label_[label];
}

QualityAtK LabelJudge::At(size_t k, const Answers& answers) const {
  QualityAtK quality;
  quality.k = k;
  quality.average_precision = MeanAveragePrecision(answers, labels_.base, labels_.queries, k);
  for (size_t q = 0; q < answers.size(); ++q) {
    const int64_t label = labels_.queries[q];
    const auto end = answers[q].begin() + std::min(k, answers[q].size());
    const auto relevant = static_cast<double>(std::count_if(
        answers[q].begin(), end, [&](uint32_t row) { return labels_.base[row] == label; }));
    quality.precision += relevant / static_cast<double>(k);
    const auto there = rows_of_label_.find(label);
    if (there != rows_of_label_.end()) {
      quality.label_recall += relevant / static_cast<double>(there->second);
    }
  }
  quality.precision /= static_cast<double>(answers.size());
  quality.label_recall /= static_cast<double>(answers.size());
  return quality;
}

double LabelJudge::Top1(const Answers& answers) const {
  size_t right = 0;
  for (size_t q = 0; q < answers.size(); ++q) {
    if (!answers[q].empty() && labels_.base[answers[q][0]] == labels_.queries[q]) ++right;
  }
  return static_cast<double>(right) / static_cast<double>(answers.size());
}

double NeighbourRecall(const Answers& answers, const Answers& truth, size_t k) {
  size_t found = 0;
  for (size_t q = 0; q < answers.size(); ++q) {
    RowIds a(answers[q].begin(), answers[q].begin() + std::min(k, answers[q].size()));
    RowIds b(truth[q].begin(), truth[q].begin() + k);
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    RowIds both;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    found += both.size();
  }
  return static_cast<double>(found) / static_cast<double>(k * answers.size());
}

}  // namespace nestor::bench
