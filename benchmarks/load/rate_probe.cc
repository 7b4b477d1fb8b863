#include "benchmarks/load/rate_probe.h"

namespace nestor::bench {

ProbeVerdict JudgeProbe(const RunSummary& summary, const RateGoal& goal) {
  if (summary.invalidity.client_was_late) return ProbeVerdict::kClient;
  if (summary.error_count() > 0) return ProbeVerdict::kErrors;
  if (!summary.valid()) return ProbeVerdict::kP99;
  if (summary.recall.count == 0 || summary.recall.mean < goal.recall) return ProbeVerdict::kRecall;
  const bool in_time = summary.latency().p99 <= absl::ToDoubleMilliseconds(goal.p99);
  return in_time ? ProbeVerdict::kHeld : ProbeVerdict::kP99;
}

std::string VerdictName(ProbeVerdict verdict) {
  switch (verdict) {
    case ProbeVerdict::kHeld:
      return "held";
    case ProbeVerdict::kClient:
      return "client";
    case ProbeVerdict::kErrors:
      return "errors";
    case ProbeVerdict::kRecall:
      return "recall";
    case ProbeVerdict::kP99:
      return "p99";
  }
  return "unknown";
}

}  // namespace nestor::bench
