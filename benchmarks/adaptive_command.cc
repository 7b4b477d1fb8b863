#include <memory>

#include "benchmarks/adaptive_benchmark.h"
#include "benchmarks/command_line.h"
#include "benchmarks/data_options.h"

namespace nestor::bench {
namespace {

void AddFileOptions(CLI::App& adaptive, AdaptiveBenchmarkOptions& options) {
  adaptive.add_option("--base", options.bases, "Vectors (.npy, .fvecs, .fbin); several are mixed")
      ->required()
      ->delimiter(',')
      ->type_name("FILE,...");
  adaptive.add_option("--queries", options.queries, "Queries, a file for each of --base")
      ->required()
      ->delimiter(',')
      ->type_name("FILE,...");
  adaptive.add_option("--rows", options.rows, "Only the first rows of each base")->type_name("N");
}

}  // namespace

void AddAdaptiveCommand(CLI::App& app, Command& command) {
  auto options = std::make_shared<AdaptiveBenchmarkOptions>();
  CLI::App* adaptive = app.add_subcommand(
      "adaptive", "Compare what adaptive searches find and take with plans chosen in hindsight");
  AddFileOptions(*adaptive, *options);
  AddMetricOption(*adaptive, options->metric);
  adaptive->add_option("--index", options->index, "hnsw, ivf or flat")
      ->transform(CLI::CheckedTransformer(IndexKinds()))
      ->type_name("NAME");
  AddLimitOption(*adaptive, options->limit);
  adaptive->add_option("--recall", options->recall_targets, "Targets")
      ->delimiter(',')
      ->check(CLI::Range(0.01, 0.9999))
      ->capture_default_str()
      ->type_name("R,...");
  adaptive
      ->add_option("--calibrate", options->calibrate,
                   "Calibrates by the last N queries, which are not measured (0: by points)")
      ->capture_default_str()
      ->type_name("N");
  AddRepeatOption(*adaptive, options->repeat);
  adaptive
      ->add_option("--build-threads", options->build_threads, "Threads that build; one searches")
      ->check(CLI::Range(1, 256))
      ->capture_default_str()
      ->type_name("N");
  AddJsonOption(*adaptive, options->json);
  adaptive->footer(
      "Prints, for each target, the recall of queries that nothing was calibrated by, the time "
      "per\n"
      "query, and the same of the cheapest plan that finds the target when every query gets the "
      "same\n"
      "effort, as only hindsight knows it. One search thread, in this process.\n"
      "Example:\n"
      "  nestor-bench adaptive --base easy.npy,hard.npy --queries easy-q.npy,hard-q.npy");
  adaptive->callback([options, &command] {
    command = [options](Console& console) { return RunAdaptiveBenchmark(*options, console); };
  });
}

}  // namespace nestor::bench
