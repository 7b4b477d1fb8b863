#ifndef NESTOR_BENCHMARKS_LOAD_RATE_PROBE_H_
#define NESTOR_BENCHMARKS_LOAD_RATE_PROBE_H_

#include <string>

#include "absl/time/time.h"
#include "benchmarks/load/run_summary.h"

namespace nestor::bench {

// What a rate must hold.
struct RateGoal {
  absl::Duration p99 = absl::Milliseconds(20);
  double recall = 0.95;
};

// How a run at a rate did. The first thing that it failed, in this order: what the client did wrong
// comes first, because then nothing else is known.
enum class ProbeVerdict {
  kHeld,
  kClient,  // the client was too late: the server may be able to do more
  kErrors,  // a call failed
  kRecall,  // too low, or no answer could be judged
  kP99,     // too long, or so many calls waited that others could not be sent
};

ProbeVerdict JudgeProbe(const RunSummary& summary, const RateGoal& goal);
// "held", "client", "errors", "recall", "p99"
std::string VerdictName(ProbeVerdict verdict);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_RATE_PROBE_H_
