#include "benchmarks/passes.h"

#include "benchmarks/quantile.h"
#include "benchmarks/stopwatch.h"
#include "storage/status_macros.h"

namespace nestor::bench {

absl::StatusOr<std::vector<PassTime>> TimePasses(absl::Span<const Pass> passes, int repeat) {
  std::vector<std::vector<double>> seconds(passes.size());
  std::vector<std::vector<double>> cpu_seconds(passes.size());
  for (int round = 0; round <= repeat; ++round) {
    for (size_t i = 0; i < passes.size(); ++i) {
      const Stopwatch stopwatch;
      NESTOR_RETURN_IF_ERROR(passes[i]());
      if (round == 0) continue;
      seconds[i].push_back(stopwatch.Seconds());
      cpu_seconds[i].push_back(stopwatch.CpuSeconds());
    }
  }
  std::vector<PassTime> times;
  for (size_t i = 0; i < passes.size(); ++i) {
    times.push_back({Quantile(seconds[i], 0.5), Quantile(cpu_seconds[i], 0.5), seconds[i]});
  }
  return times;
}

}  // namespace nestor::bench
