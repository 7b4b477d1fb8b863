#ifndef NESTOR_BENCHMARKS_LOAD_RUN_VALIDITY_H_
#define NESTOR_BENCHMARKS_LOAD_RUN_VALIDITY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "benchmarks/load/latency_summary.h"

namespace nestor::bench {

// What an open load may do wrong before its percentiles mean nothing. A call that leaves late has
// waited in the client, and that time is in its latency; so the client must be late rarely, and by
// little beside what it measures:
//
//   answers            at least one
//   calls not sent     none: those that would have waited longest are missing
//   p99 of the lag     at most kMaxLagShare of the p99 of the latencies, or kFreeLag if that is
//   more largest lag        at most kMaxLag
//
// The lag of a call is the time from when it was to be sent to when it was.
inline constexpr double kMaxLagShare = 0.10;
inline constexpr absl::Duration kFreeLag = absl::Milliseconds(1);
inline constexpr absl::Duration kMaxLag = absl::Milliseconds(250);

// What the client did, in the time that was measured.
struct ClientConduct {
  LatencySummary lag;
  uint64_t max_in_flight = 0;
  uint64_t crowded = 0;    // calls that were not sent because max_in_flight others waited
  uint64_t late = 0;       // that were not sent because it was too late for them
  absl::Duration give_up;  // which is after this
};

// What made a run invalid.
struct Invalidity {
  std::vector<std::string> reasons;  // for people; empty: the percentiles are valid
  bool client_was_late = false;      // so that the server may be able to do more
};
// `answered`: searches that succeeded; `latency` also has those that ran out of time.
Invalidity JudgeRun(const ClientConduct& client, const LatencySummary& latency, uint64_t answered);
// The same of a closed load, which has no schedule to fall behind: it needs an answer.
Invalidity JudgeClosedRun(uint64_t answered);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_RUN_VALIDITY_H_
