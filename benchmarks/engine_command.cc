#include <memory>
#include <set>

#include "benchmarks/command_line.h"
#include "benchmarks/data_options.h"
#include "benchmarks/engine_benchmark.h"
#include "engine/limits.h"

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

void AddSpecOptions(CLI::App& engine, EngineBenchmarkOptions& options) {
  CollectionSpec& spec = options.spec;
  AddMetricOption(engine, spec.metric);
  engine.add_option("--index", options.indexes, "Ours: hnsw, ivf, flat (default: all three)")
      ->delimiter(',')
      ->transform(CLI::CheckedTransformer(IndexKinds()))
      ->type_name("NAME,...");
  engine.add_option("--prefix-dims", spec.prefix_dims, "Ours: dims of the prefix")->type_name("N");
  engine.add_option("--prefix-bits", spec.prefix_bits, "Ours: bits per dim")
      ->check(CLI::IsMember(std::set<uint32_t>{1, 2, 4, 8, 32}))
      ->type_name("N");
  engine
      .add_option(
          "--transform", spec.transform,
          "Ours: what the shortlist sees: the first dims (none), a learnt basis (pca) or auto")
      ->transform(CLI::CheckedTransformer(Transforms()))
      ->type_name("NAME");
  engine
      .add_option("--baselines", options.baselines,
                  "exact, hnsw_full, hnsw_prefix, ivf_prefix (default: all four)")
      ->delimiter(',')
      ->transform(CLI::CheckedTransformer(Baselines()))
      ->type_name("NAME,...");
  engine
      .add_option("--baseline-prefix-dims", options.baseline_prefix_dims,
                  "The prefix baselines: dims of float32 (default: as many as ours)")
      ->type_name("N");
}

void AddMeasurementOptions(CLI::App& engine, EngineBenchmarkOptions& options) {
  AddLimitOption(engine, options.limit);
  engine.add_option("--recall", options.recall_targets, "Targets of our adaptive search")
      ->delimiter(',')
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str()
      ->type_name("R,...");
  engine.add_flag("--adaptive,!--no-adaptive", options.adaptive,
                  "Ours with adaptive searches, calibrated before (default)");
  CLI::Option* dims =
      engine
          .add_option("--stage-dims", options.stage_dims,
                      "Ours: shortlists also with a stage over N of the dims, for each N")
          ->delimiter(',')
          ->check(CLI::Range(uint32_t{1}, kMaxDims))
          ->type_name("N,...");
  CLI::Option* keeps =
      engine
          .add_option("--stage-keep", options.stage_keeps, "Ours: how many rows such a stage keeps")
          ->delimiter(',')
          ->check(CLI::Range(uint32_t{1}, kMaxShortlist))
          ->type_name("N,...");
  dims->needs(keeps);
  keeps->needs(dims);
  engine
      .add_option("--calibrate", options.calibrate,
                  "Ours is calibrated by the last N queries, which are not measured (0: by points)")
      ->type_name("N");
  engine.add_flag("--estimated-scores", options.estimated_scores,
                  "Ours once more, with scores that are not exact");
  engine.add_option("--batch", options.batch, "Ours once more, N queries at a time")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str()
      ->type_name("N");
  AddRepeatOption(engine, options.repeat);
  engine.add_option("--build-threads", options.build_threads, "Threads that build; one searches")
      ->check(CLI::Range(1, 256))
      ->capture_default_str()
      ->type_name("N");
  AddJsonOption(engine, options.json);
}

}  // namespace

void AddEngineCommand(CLI::App& app, Command& command) {
  auto options = std::make_shared<EngineBenchmarkOptions>();
  CLI::App* engine =
      app.add_subcommand("engine", "Compare the engine, in process, with its baselines");
  AddFileOptions(*engine, *options);
  AddSpecOptions(*engine, *options);
  AddMeasurementOptions(*engine, *options);
  engine->footer(
      "Prints recall, time per query, bytes per vector and build time, in this process with one\n"
      "search thread, of\n"
      "  exact        a scan of all vectors        hnsw_full    hnswlib on full vectors\n"
      "  hnsw_prefix  hnswlib on prefixes, rerank  ivf_prefix   FAISS IVF on prefixes, rerank\n"
      "  nestor_*     ours with each kind of index\n"
      "then all of them at equal recall and, with labels, at equal mAP.\n"
      "Example:\n"
      "  nestor-bench engine --base vectors.npy --queries queries.npy --recall 0.9,0.95,0.99");
  engine->callback([options, &command] {
    command = [options](Console& console) { return RunEngineBenchmark(*options, console); };
  });
}

}  // namespace nestor::bench
