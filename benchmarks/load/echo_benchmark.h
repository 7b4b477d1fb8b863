#ifndef NESTOR_BENCHMARKS_LOAD_ECHO_BENCHMARK_H_
#define NESTOR_BENCHMARKS_LOAD_ECHO_BENCHMARK_H_

#include <string>

#include "absl/status/status.h"
#include "benchmarks/command_line.h"
#include "benchmarks/load/load_target.h"

namespace nestor::bench {

struct EchoBenchmarkOptions {
  LoadTargetOptions target;
  std::string plan = "default";  // of the searches: see plan_text.h
  uint32_t batch = 64;           // queries of a SearchBatch
  uint32_t concurrency =
      16;  // calls at a time; of batches as many as have these queries, 2 at least
  int connections = 2;
  int repeat = 5;
  std::string json;  // a file for the same as JSON; empty: none
};

// Asks all queries of a running server, by unary calls and by batches, and an echo server in this
// process by the same unary calls, which it answers at once with the answer to the first query.
// Prints the rates beside that of the echo, and the recall of the answers. Errors are those of
// OpenLoadTarget and of the calls.
absl::Status RunEchoBenchmark(const EchoBenchmarkOptions& options, Console& console);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_ECHO_BENCHMARK_H_
