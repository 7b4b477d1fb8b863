#include "tests/benchmarks/run_nestor_bench.h"

#include <sstream>

#include "benchmarks/command_line.h"

namespace nestor::testing {

BenchOutcome RunNestorBench(const std::vector<std::string>& arguments) {
  std::vector<const char*> argv = {"nestor-bench"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  std::ostringstream out;
  std::ostringstream err;
  bench::Console console{.out = out, .err = err};
  BenchOutcome outcome;
  outcome.exit_code = bench::RunNestorBench(static_cast<int>(argv.size()), argv.data(), console);
  outcome.out = out.str();
  outcome.err = err.str();
  return outcome;
}

}  // namespace nestor::testing
