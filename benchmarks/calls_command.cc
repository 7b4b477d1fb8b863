#include <memory>

#include "benchmarks/calls_benchmark.h"
#include "benchmarks/command_line.h"
#include "benchmarks/data_options.h"

namespace nestor::bench {

void AddCallsCommand(CLI::App& app, Command& command) {
  auto options = std::make_shared<CallsBenchmarkOptions>();
  CLI::App* calls =
      app.add_subcommand("calls", "Compare unary calls, batches and streams on a running server");
  calls->add_option("--server", options->server, "HOST:PORT")->capture_default_str();
  AddDataOptions(*calls, options->data);
  AddLimitOption(*calls, options->limit);
  calls->add_option("--singles", options->singles, "Points that a pass writes one by one")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1'000'000}))
      ->capture_default_str()
      ->type_name("N");
  calls->add_option("--points", options->points, "Points that a pass writes otherwise")
      ->check(CLI::Range(uint64_t{1}, uint64_t{100'000'000}))
      ->capture_default_str()
      ->type_name("N");
  calls->add_option("--batch", options->batch, "Points or queries of a batch")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str()
      ->type_name("N");
  AddRepeatOption(*calls, options->repeat);
  calls->footer(
      "Writes the first vectors, then asks all queries, in every way in turn: medians of the\n"
      "passes, over one connection, one call or stream at a time. Every write is durable.\n"
      "Example:\n"
      "  nestor-bench calls --base vectors.npy --queries queries.npy");
  calls->callback([options, &command] {
    command = [options](Console& console) { return RunCallsBenchmark(*options, console); };
  });
}

}  // namespace nestor::bench
