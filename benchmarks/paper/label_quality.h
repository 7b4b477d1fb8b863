#ifndef NESTOR_BENCHMARKS_PAPER_LABEL_QUALITY_H_
#define NESTOR_BENCHMARKS_PAPER_LABEL_QUALITY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "benchmarks/answers.h"
#include "benchmarks/labels.h"

namespace nestor::bench {

// What the first k rows of the answers are worth, means over the queries. A row is relevant if it
// has the query's label.
struct QualityAtK {
  size_t k = 0;
  double average_precision = 0;  // MeanAveragePrecision (benchmarks/quality.h)
  double precision = 0;          // relevant rows / k
  double label_recall = 0;       // relevant rows / all base rows of the label; 0 if there are none
};

// Judges answers by labels. `labels` must outlive this.
//
// Thread safety: immutable.
class LabelJudge {
 public:
  explicit LabelJudge(const Labels& labels);

  // REQUIRES: one answer for each query, k > 0.
  QualityAtK At(size_t k, const Answers& answers) const;
  // The share of the queries whose first row is relevant: the accuracy of the nearest neighbour.
  double Top1(const Answers& answers) const;

  const Labels& labels() const { return labels_; }

 private:
  const Labels& labels_;
  absl::flat_hash_map<int64_t, size_t> rows_of_label_;
};

// The mean share of the first k rows of `truth` that are among the first k of `answers`: recall@k
// against neighbours, where label_recall is against labels. REQUIRES: k rows in each.
double NeighbourRecall(const Answers& answers, const Answers& truth, size_t k);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_PAPER_LABEL_QUALITY_H_
