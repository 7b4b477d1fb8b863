#include <memory>

#include "benchmarks/command_line.h"
#include "benchmarks/data_options.h"
#include "benchmarks/load/echo_benchmark.h"
#include "benchmarks/load/load_options.h"

namespace nestor::bench {

void AddEchoCommand(CLI::App& app, Command& command) {
  auto options = std::make_shared<EchoBenchmarkOptions>();
  CLI::App* echo = app.add_subcommand(
      "echo", "Compare searches of a running server with calls that search nothing");
  AddSearchedOptions(*echo, options->target);
  AddPlanOptions(*echo, options->plan);
  echo->add_option("--batch", options->batch, "Queries of a batch")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str()
      ->type_name("N");
  echo->add_option("--concurrency", options->concurrency, "Calls, or queries of batches, at a time")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str()
      ->type_name("N");
  echo->add_option("--connections", options->connections, "TCP connections, used in turn")
      ->check(CLI::Range(1, 64))
      ->capture_default_str()
      ->type_name("N");
  AddRepeatOption(*echo, options->repeat);
  AddJsonOption(*echo, options->json);
  echo->footer(
      "Asks all queries in every way in turn: medians of the passes. The echo is a server in this\n"
      "process that gets the same unary calls and answers each with the answer to the first "
      "query.\n"
      "Example:\n"
      "  nestor-bench echo --collection docs --base base.npy --queries queries.npy --funnel 100");
  echo->callback([options, &command] {
    command = [options](Console& console) { return RunEchoBenchmark(*options, console); };
  });
}

}  // namespace nestor::bench
