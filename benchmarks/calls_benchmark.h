#ifndef NESTOR_BENCHMARKS_CALLS_BENCHMARK_H_
#define NESTOR_BENCHMARKS_CALLS_BENCHMARK_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "benchmarks/command_line.h"
#include "benchmarks/data_set.h"
#include "client/client.h"

namespace nestor::bench {

struct CallsBenchmarkOptions {
  std::string server = kDefaultServerAddress;
  DataSetOptions data;
  uint64_t singles = 500;  // points that a pass writes one by one
  uint64_t points = 5000;  // points that a pass writes otherwise
  uint32_t batch = 256;    // points of a batch or of a large chunk; queries of a batch
  uint32_t limit = 10;
  int repeat = 5;
};

// Writes the same points and asks the same queries by unary calls, by batches and by streams, over
// one connection to a running server, one call or stream at a time, and prints the rate of each
// beside that of the unary calls. Uses a collection of its own, which it drops at the end.
absl::Status RunCallsBenchmark(const CallsBenchmarkOptions& options, Console& console);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_CALLS_BENCHMARK_H_
