#include <memory>

#include "benchmarks/command_line.h"
#include "benchmarks/data_options.h"
#include "benchmarks/truth/truth.h"

namespace nestor::bench {

void AddTruthCommand(CLI::App& app, Command& command) {
  auto options = std::make_shared<TruthOptions>();
  options->cache = DefaultCacheFolder();
  CLI::App* truth = app.add_subcommand("truth", "Find the exact nearest neighbours of queries");
  truth->add_option("--base", options->base, "The vectors (.npy, .fvecs, .bvecs, .fbin)")
      ->required()
      ->type_name("FILE");
  truth->add_option("--queries", options->queries, "The query vectors")
      ->required()
      ->type_name("FILE");
  AddMetricOption(*truth, options->metric);
  AddLimitOption(*truth, options->limit);
  truth->add_option("--out", options->out, "Where to write them (.npy, .ivecs, .ibin)")
      ->required()
      ->type_name("FILE");
  CLI::Option* cache =
      truth
          ->add_option("--cache", options->cache,
                       "Keep what was found in this folder (default: nestor-bench in the user's "
                       "cache folder)")
          ->type_name("DIR");
  truth
      ->add_flag_callback(
          "--no-cache", [options] { options->cache.clear(); }, "Find them anew, and keep nothing")
      ->excludes(cache);
  truth->footer(
      "The answer is that of brute force in double precision, equal scores by lower row.\n"
      "FILE.json beside it says which data it belongs to; commands that read the truth check it.\n"
      "Example:\n"
      "  nestor-bench truth --base base.npy --queries queries.npy --out truth.npy");
  truth->callback([options, &command] {
    command = [options](Console& console) { return FindTruth(*options, console); };
  });
}

}  // namespace nestor::bench
