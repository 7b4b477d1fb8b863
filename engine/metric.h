#ifndef NESTOR_ENGINE_METRIC_H_
#define NESTOR_ENGINE_METRIC_H_

#include "absl/strings/string_view.h"

namespace nestor {

// How two vectors are compared. Inside the engine a candidate's `score` is always larger-is-better:
//
//   metric   score               distance (what the answer also carries)
//   cosine   cos(q, x)           1 - cos(q, x)
//   dot      q . x               -(q . x)
//   l2       -|q - x|            |q - x|
enum class Metric { kCosine, kDot, kL2 };

constexpr absl::string_view MetricName(Metric metric) {
  switch (metric) {
    case Metric::kCosine:
      return "cosine";
    case Metric::kDot:
      return "dot";
    case Metric::kL2:
      return "l2";
  }
  return "unknown";
}

constexpr double DistanceFromScore(Metric metric, double score) {
  return metric == Metric::kCosine ? 1.0 - score : -score;
}

}  // namespace nestor

#endif  // NESTOR_ENGINE_METRIC_H_
