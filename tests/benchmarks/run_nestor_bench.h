#ifndef NESTOR_TESTS_BENCHMARKS_RUN_NESTOR_BENCH_H_
#define NESTOR_TESTS_BENCHMARKS_RUN_NESTOR_BENCH_H_

#include <string>
#include <vector>

namespace nestor::testing {

struct BenchOutcome {
  int exit_code = -1;
  std::string out;
  std::string err;
};

// Runs `nestor-bench` with these arguments.
BenchOutcome RunNestorBench(const std::vector<std::string>& arguments);

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_BENCHMARKS_RUN_NESTOR_BENCH_H_
