#include <memory>

#include "benchmarks/command_line.h"
#include "benchmarks/data_options.h"
#include "benchmarks/paper/paper_benchmark.h"
#include "engine/limits.h"

namespace nestor::bench {
namespace {

void AddFileOptions(CLI::App& paper, PaperOptions& options) {
  AddDataOptions(paper, options.data);
  paper.add_option("--labels", options.labels, "A label for each vector (.npy int)")
      ->required()
      ->type_name("FILE");
  paper.add_option("--query-labels", options.query_labels, "A label for each query")
      ->required()
      ->type_name("FILE");
  AddJsonOption(paper, options.json);
  paper.add_option("--svg", options.svg, "Draw mAP against MFLOPs there")->type_name("FILE");
}

void AddExperimentOptions(CLI::App& paper, PaperOptions& options) {
  paper.add_option("--dims", options.dims, "Prefixes (default: 8,16,32,... and all dims)")
      ->delimiter(',')
      ->type_name("N,...");
  AddLimitOption(paper, options.limit);
  paper.add_option("--shortlist", options.shortlist, "Rows that are ranked again, K")
      ->check(CLI::Range(uint32_t{1}, kMaxShortlist))
      ->capture_default_str()
      ->type_name("N");
  paper.add_option("--threads", options.threads, "Of experiments and builds (default: all)")
      ->check(CLI::Range(1, 256))
      ->type_name("N");
}

void AddClockOptions(CLI::App& paper, PaperOptions& options) {
  paper.add_option("--wall-clock-dims", options.wall_clock_dims, "The prefix that is timed")
      ->capture_default_str()
      ->type_name("N");
  paper
      .add_option("--scanned-queries", options.scanned_queries,
                  "Queries that time scans of all vectors; 0: nothing is timed")
      ->capture_default_str()
      ->type_name("N");
  AddRepeatOption(paper, options.repeat);
}

}  // namespace

void AddPaperCommand(CLI::App& app, Command& command) {
  auto options = std::make_shared<PaperOptions>();
  CLI::App* paper = app.add_subcommand(
      "paper", "Repeat the experiments of the Matryoshka paper on labelled data");
  AddFileOptions(*paper, *options);
  AddExperimentOptions(*paper, *options);
  AddClockOptions(*paper, *options);
  paper->footer(
      "Prints mAP, top-1, precision and recall by prefix dims; adaptive retrieval for all pairs "
      "of\n"
      "prefixes; funnels; adaptive classification; and adaptive retrieval against exact search "
      "and\n"
      "HNSW on whole vectors, in theory and on the clock. By cosine.\n"
      "Example:\n"
      "  nestor-bench paper --base base.npy --labels base_labels.npy --queries queries.npy \\\n"
      "      --query-labels query_labels.npy");
  paper->callback([options, &command] {
    command = [options](Console& console) { return RunPaper(*options, console); };
  });
}

}  // namespace nestor::bench
