#include "benchmarks/load/run_validity.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace nestor::bench {
namespace {

void JudgeLag(const LatencySummary& lag, const LatencySummary& latency, Invalidity* invalidity) {
  const double allowed_ms =
      std::max(absl::ToDoubleMilliseconds(kFreeLag), kMaxLagShare * latency.p99);
  if (lag.p99 > allowed_ms) {
    invalidity->reasons.push_back(absl::StrFormat(
        "the client fell behind: 1 %% of the calls left %.1f ms late or more; with a p99 of %.1f "
        "ms, %.1f ms is the most",
        lag.p99, latency.p99, allowed_ms));
  }
  if (lag.max > absl::ToDoubleMilliseconds(kMaxLag)) {
    invalidity->reasons.push_back(
        absl::StrFormat("the client fell behind: a call left %.0f ms late; %s is the most", lag.max,
                        absl::FormatDuration(kMaxLag)));
  }
}

void JudgeAnswers(uint64_t answered, Invalidity* invalidity) {
  if (answered == 0) invalidity->reasons.emplace_back("no search was answered");
}

}  // namespace

Invalidity JudgeRun(const ClientConduct& client, const LatencySummary& latency, uint64_t answered) {
  Invalidity invalidity;
  if (client.late > 0) {
    invalidity.reasons.push_back(absl::StrCat("the client fell behind: ", client.late,
                                              " calls were not sent because they were ",
                                              absl::FormatDuration(client.give_up), " late"));
  }
  JudgeLag(client.lag, latency, &invalidity);
  invalidity.client_was_late = !invalidity.reasons.empty();
  if (client.crowded > 0) {
    invalidity.reasons.push_back(absl::StrCat(client.crowded, " calls were not sent because ",
                                              client.max_in_flight,
                                              " others were waiting for their answers"));
  }
  JudgeAnswers(answered, &invalidity);
  return invalidity;
}

Invalidity JudgeClosedRun(uint64_t answered) {
  Invalidity invalidity;
  JudgeAnswers(answered, &invalidity);
  return invalidity;
}

}  // namespace nestor::bench
