#include <memory>

#include "benchmarks/build_benchmark.h"
#include "benchmarks/command_line.h"
#include "benchmarks/data_options.h"
#include "engine/limits.h"

namespace nestor::bench {

void AddBuildCommand(CLI::App& app, Command& command) {
  auto options = std::make_shared<BuildBenchmarkOptions>();
  CLI::App* build =
      app.add_subcommand("build", "Compare the building of indexes alone with its baselines");
  AddBaseOptions(*build, options->base, options->rows);
  AddMetricOption(*build, options->metric);
  const auto add_dims = [&](const char* name, uint32_t& dims, const char* help) {
    build->add_option(name, dims, help)
        ->check(CLI::Range(uint32_t{1}, kMaxDims))
        ->capture_default_str()
        ->type_name("N");
  };
  add_dims("--prefix-dims", options->prefix_dims, "Ours: dims of the prefix");
  add_dims("--baseline-prefix-dims", options->baseline_prefix_dims, "The baselines': of float32");
  build->add_option("--build-threads", options->threads, "Threads that build")
      ->check(CLI::Range(1, 256))
      ->capture_default_str()
      ->type_name("N");
  AddRepeatOption(*build, options->repeat);
  build->footer(
      "Builds in this process, in memory, in turn: hnswlib and our graph, FAISS and our lists.\n"
      "Example:\n"
      "  nestor-bench build --base vectors.npy --build-threads 2");
  build->callback([options, &command] {
    command = [options](Console& console) { return RunBuildBenchmark(*options, console); };
  });
}

}  // namespace nestor::bench
