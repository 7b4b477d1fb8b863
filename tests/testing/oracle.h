#ifndef NESTOR_TESTS_TESTING_ORACLE_H_
#define NESTOR_TESTS_TESTING_ORACLE_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <vector>

#include "absl/types/span.h"
#include "engine/metric.h"
#include "storage/types.h"

// The truth about a search: every vector scored in double with plain loops, nothing shared with the
// code that is tested.

namespace nestor::testing {

// It only reads what nobody writes any more, and most of a test's time is spent here:
// ThreadSanitizer need not look.
__attribute__((no_sanitize("thread"))) inline double DotLoop(const float* a, const float* b,
                                                             size_t dims) {
  double sum = 0;
  for (size_t i = 0; i < dims; ++i) sum += double{a[i]} * double{b[i]};
  return sum;
}

inline double OracleDot(absl::Span<const float> a, absl::Span<const float> b) {
  return DotLoop(a.data(), b.data(), a.size());
}

inline double OracleNorm(absl::Span<const float> a) { return std::sqrt(OracleDot(a, a)); }

// As engine/metric.h defines it: larger is better. Vectors may be longer than `dims`, which then is
// the prefix that counts; 0: all.
inline double OracleScore(Metric metric, absl::Span<const float> query, absl::Span<const float> x,
                          size_t dims = 0) {
  if (dims != 0) {
    query = query.subspan(0, dims);
    x = x.subspan(0, dims);
  }
  if (metric == Metric::kDot) return OracleDot(query, x);
  if (metric == Metric::kCosine) return OracleDot(query, x) / (OracleNorm(query) * OracleNorm(x));
  double squared = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double difference = double{query[i]} - double{x[i]};
    squared += difference * difference;
  }
  return -std::sqrt(squared);
}

template <typename Key>
struct OracleHit {
  Key key{};
  double score = 0;
};

// The best `top` of `vectors`, best first; equal scores by key.
template <typename Key>
std::vector<OracleHit<Key>> OracleTop(Metric metric, absl::Span<const float> query,
                                      const std::map<Key, std::vector<float>>& vectors,
                                      size_t top) {
  std::vector<OracleHit<Key>> hits;
  for (const auto& [key, vector] : vectors) {
    hits.push_back({key, OracleScore(metric, query, vector)});
  }
  std::stable_sort(hits.begin(), hits.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  if (hits.size() > top) hits.resize(top);
  return hits;
}

// Scores so close that the order of summation in double may swap them, but not equal: then ids
// decide, and must.
inline bool IsNearTie(double a, double b) {
  return a != b && std::abs(a - b) <= 1e-12 * std::max({1.0, std::abs(a), std::abs(b)});
}

// How far a returned score may be from the oracle's.
inline double ScoreTolerance(double score) { return 1e-5 * std::max(1.0, std::abs(score)); }

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_TESTING_ORACLE_H_
