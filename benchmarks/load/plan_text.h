#ifndef NESTOR_BENCHMARKS_LOAD_PLAN_TEXT_H_
#define NESTOR_BENCHMARKS_LOAD_PLAN_TEXT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nestor/v1/points.pb.h"

namespace nestor::bench {

// A plan of the searches of a load, and how the command line says it:
//
//   default           what the collection says
//   recall:0.95       adaptive, for this recall
//   funnel:100:200    a shortlist of 100, found with ef 200 (or nprobe, where the index has lists)
//   funnel:100        the same, with the server's choice of effort
//   exact             every row
struct NamedPlan {
  std::string name = "default";
  v1::SearchPlan plan = {};
};

// `ivf` says what the second number of a funnel is. INVALID_ARGUMENT that quotes what is wrong.
enum class FunnelEffort { kEf, kNprobe };
absl::StatusOr<NamedPlan> ParsePlan(absl::string_view text, FunnelEffort effort);

// Several, with commas between them. INVALID_ARGUMENT also for none, and for one that is there
// twice.
absl::StatusOr<std::vector<NamedPlan>> ParsePlans(absl::string_view text, FunnelEffort effort);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_PLAN_TEXT_H_
