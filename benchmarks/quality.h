#ifndef NESTOR_BENCHMARKS_QUALITY_H_
#define NESTOR_BENCHMARKS_QUALITY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "benchmarks/answers.h"
#include "benchmarks/float_matrix.h"
#include "benchmarks/ground_truth.h"

namespace nestor::bench {

// Mean recall@k, k = neighbours per query in `truth`: the share of the k true neighbours that an
// answer's first k rows hold. A row that is as good as the k-th true neighbour counts as one of
// them (duplicate vectors tie, and which of them comes back is chance); a row counts once, and no
// answer counts more than k. REQUIRES: one answer and k > 0 true neighbours for each query.
double MeanRecall(const Answers& answers, const Answers& truth, const FloatMatrix& queries,
                  const ExactScorer& scorer);

// Mean average precision at k over labelled queries. With rel(i) = 1 if the i-th row of the answer
// has the query's label and else 0, and P(i) = (rel(1) + ... + rel(i)) / i,
//
//   AP@k = (P(1) rel(1) + ... + P(k) rel(k)) / k
//
// as the paper on Matryoshka representations counts (Kusupati et al., 2022): divided by k even if
// fewer rows have the label, so that 1 means k rows of it. 0 for a label that no row has.
// REQUIRES: one label for each base row and for each answer; at least one answer; k > 0.
double MeanAveragePrecision(const Answers& answers, absl::Span<const int64_t> labels,
                            absl::Span<const int64_t> query_labels, size_t k);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_QUALITY_H_
