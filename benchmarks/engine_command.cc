#include <memory>

#include "benchmarks/command_line.h"
#include "benchmarks/data_options.h"
#include "benchmarks/engine_benchmark.h"

namespace nestor::bench {
namespace {

void AddFileOptions(CLI::App& engine, EngineBenchmarkOptions& options) {
  AddDataOptions(engine, options.data);
  engine
      .add_option("--truth", options.truth, "True neighbours (.ivecs, .npy); default: found here")
      ->type_name("FILE");
  CLI::Option* labels =
      engine.add_option("--labels", options.labels, "A label for each vector (.npy int), for mAP")
          ->type_name("FILE");
  CLI::Option* query_labels =
      engine.add_option("--query-labels", options.query_labels, "A label for each query")
          ->type_name("FILE");
  labels->needs(query_labels);
  query_labels->needs(labels);
}

void AddSpecOptions(CLI::App& engine, CollectionSpec& spec) {
  AddMetricOption(engine, spec.metric);
  engine.add_option("--index", spec.index_kind, "Ours: hnsw (default), ivf or flat")
      ->transform(CLI::Transformer(IndexKinds()))
      ->type_name("NAME");
  engine.add_option("--prefix-dims", spec.prefix_dims, "Ours and the prefix baseline: dims")
      ->type_name("N");
  engine.add_option("--prefix-bits", spec.prefix_bits, "Ours: bits per dim, 8 or 32")
      ->check(CLI::IsMember({8, 32}))
      ->type_name("N");
}

void AddMeasurementOptions(CLI::App& engine, EngineBenchmarkOptions& options) {
  AddLimitOption(engine, options.limit);
  engine.add_option("--recall", options.recall_targets, "Targets of our adaptive search")
      ->delimiter(',')
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str()
      ->type_name("R,...");
  engine.add_option("--repeat", options.repeat, "Timed passes over the queries")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str()
      ->type_name("N");
}

}  // namespace

void AddEngineCommand(CLI::App& app, Command& command) {
  auto options = std::make_shared<EngineBenchmarkOptions>();
  CLI::App* engine =
      app.add_subcommand("engine", "Compare the engine, in process, with its baselines");
  AddFileOptions(*engine, *options);
  AddSpecOptions(*engine, options->spec);
  AddMeasurementOptions(*engine, *options);
  engine->footer(
      "Prints recall, time per query, bytes per vector and build time of an exact scan, hnswlib "
      "on\n"
      "full vectors, hnswlib on prefixes with a rerank, and ours, all in this process with one\n"
      "search thread; then all of them at equal recall.\n"
      "Example:\n"
      "  nestor-bench engine --base vectors.npy --queries queries.npy --recall 0.9,0.95,0.99");
  engine->callback([options, &command] {
    command = [options](Console& console) { return RunEngineBenchmark(*options, console); };
  });
}

}  // namespace nestor::bench
