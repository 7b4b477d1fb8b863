#ifndef NESTOR_BENCHMARKS_LOAD_MEASURED_RUN_H_
#define NESTOR_BENCHMARKS_LOAD_MEASURED_RUN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "benchmarks/command_line.h"
#include "benchmarks/load/arrival_schedule.h"
#include "benchmarks/load/load_target.h"
#include "benchmarks/load/operation.h"
#include "benchmarks/load/plan_text.h"
#include "benchmarks/load/server_usage.h"
#include "client/client.h"
#include "client/json.h"

namespace nestor::bench {

// When calls are sent: see open_loop.h and closed_loop.h.
struct OpenPace {
  double rate = 0;  // calls a second
};
struct ClosedPace {
  uint64_t concurrency = 0;
};
using Pace = std::variant<OpenPace, ClosedPace>;

struct Warmup {
  std::optional<absl::Duration> time =
      absl::Seconds(2);  // nullopt: until steady_state.h is content
};

struct RunOptions {
  Arrivals arrivals = Arrivals::kPoisson;
  double seconds = 10;  // that are measured, after the warm-up
  Warmup warmup;
  uint64_t max_in_flight = 4096;
  int connections = 4;
  absl::Duration timeout = absl::Seconds(10);  // of a call
  double explain = 0.05;                       // share of the searches
  uint64_t seed = 1;
};

// A load that was put on a server, as it was.
struct MeasuredRun {
  Pace pace = {};
  NamedPlan plan = {};
  int64_t begin_ns = 0;  // of the measured time; what went before was the warm-up
  int64_t end_ns = 0;
  bool steady = true;  // the warm-up ended because it was, or was not asked to
  std::vector<OperationRecord> records = {};  // of the calls intended for the measured time
  uint64_t answered = 0;                      // calls that succeeded within that time
  uint64_t most_in_flight = 0;
  double client_cpu_seconds = 0;
  ServerUsage server = {};
  Json stages = {};                          // StageTimes::ToJson
  absl::Status restored = absl::OkStatus();  // why points that were deleted are missing now

  double seconds() const { return 1e-9 * static_cast<double>(end_ns - begin_ns); }
  bool open() const { return std::holds_alternative<OpenPace>(pace); }
};

// Loads the server of `target` and returns when every call is answered; points that were deleted
// are written again, so that the collection is as it was, whatever became of the load. Where that
// fails, the run and console.err say so. `what` names the load in the progress on console.err.
// INVALID_ARGUMENT when there would be too many calls, RESOURCE_EXHAUSTED when there were; the
// server's error when it does not answer one search before, or none during the load (unless it has
// too much to do, which is what a load is to show).
absl::StatusOr<MeasuredRun> MeasureLoad(const std::string& server, const LoadTarget& target,
                                        const NamedPlan& plan, const Pace& pace,
                                        const RunOptions& options, const std::string& what,
                                        Console& console);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_MEASURED_RUN_H_
