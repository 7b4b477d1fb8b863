#ifndef NESTOR_BENCHMARKS_LOAD_ARRIVAL_SCHEDULE_H_
#define NESTOR_BENCHMARKS_LOAD_ARRIVAL_SCHEDULE_H_

#include <cstdint>
#include <random>

namespace nestor::bench {

enum class Arrivals {
  kPoisson,  // independent users: the gaps are exponential, so that calls also come in bursts
  kUniform,  // a clock: all gaps are the same
};

// When the calls of an open load are to be sent, whatever becomes of the calls before. The same
// seed gives the same times on every machine.
//
// Thread safety: none; one thread at a time.
class ArrivalSchedule {
 public:
  // `rate` calls a second on average. REQUIRES: rate > 0.
  ArrivalSchedule(Arrivals arrivals, double rate, uint64_t seed)
      : arrivals_(arrivals), gap_ns_(1e9 / rate), random_(seed) {}

  // The next time, in nanoseconds since the load began; never less than the one before.
  int64_t NextNs();

 private:
  const Arrivals arrivals_;
  const double gap_ns_;  // mean
  std::mt19937_64 random_;
  double sum_ns_ = 0;     // Poisson: of the gaps so far
  uint64_t arrived_ = 0;  // uniform: how many so far
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_ARRIVAL_SCHEDULE_H_
