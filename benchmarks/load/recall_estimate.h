#ifndef NESTOR_BENCHMARKS_LOAD_RECALL_ESTIMATE_H_
#define NESTOR_BENCHMARKS_LOAD_RECALL_ESTIMATE_H_

#include <cstdint>

#include "absl/types/span.h"

namespace nestor::bench {

// The answers to one query, which a load asks again and again.
struct QueryRecall {
  double sum = 0;      // of the recall of each answer
  uint64_t count = 0;  // of answers
};

// Recall of all answers that were judged.
struct RecallEstimate {
  uint64_t count = 0;  // of answers; 0: nothing was judged, and the numbers mean nothing
  double mean = 0;     // over the answers
  double low = 0;      // 95 % confidence interval of the mean
  double high = 0;
  double worst_decile = 0;  // mean recall of the tenth of the queries with the lowest recall
};

// The interval is the bootstrap's (Efron and Tibshirani, An Introduction to the Bootstrap, 13.3:
// percentiles), over queries and not over answers: two answers to one query are nearly always the
// same, so that asking more often must not narrow it. Resamples are drawn from `seed`.
RecallEstimate EstimateRecall(absl::Span<const QueryRecall> queries, uint64_t seed);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_RECALL_ESTIMATE_H_
