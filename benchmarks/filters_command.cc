#include <memory>

#include "benchmarks/command_line.h"
#include "benchmarks/data_options.h"
#include "benchmarks/filters_benchmark.h"

namespace nestor::bench {
namespace {

void AddShares(CLI::App& filters, const char* name, std::vector<double>& shares, const char* help) {
  filters.add_option(name, shares, help)
      ->delimiter(',')
      ->check(CLI::Range(1e-9, 1.0))
      ->capture_default_str()
      ->type_name("SHARE,...");
}

void AddFilterOptions(CLI::App& filters, FiltersBenchmarkOptions& options) {
  AddShares(filters, "--keep", options.independent_shares,
            "Shares of the vectors that filters keep which are independent of the query");
  AddShares(filters, "--keep-regions", options.region_shares,
            "Shares that filters keep which are correlated with the query, and anti-correlated");
  filters.add_option("--regions", options.fields.regions, "Regions that these filters choose from")
      ->check(CLI::Range(size_t{1}, size_t{10000}))
      ->capture_default_str()
      ->type_name("N");
  filters.add_option("--seed", options.fields.seed, "Of all that is random")
      ->capture_default_str()
      ->type_name("N");
}

void AddSearchOptions(CLI::App& filters, FiltersBenchmarkOptions& options) {
  AddMetricOption(filters, options.metric);
  filters.add_option("--index", options.index_kinds, "hnsw, ivf or flat, several (hnsw,ivf)")
      ->delimiter(',')
      ->transform(CLI::Transformer(IndexKinds()))
      ->type_name("NAME,...");
  AddLimitOption(filters, options.limit);
  filters.add_option("--recall", options.recall_target, "The target of adaptive search")
      ->check(CLI::Range(0.01, 1.0))
      ->capture_default_str()
      ->type_name("R");
  filters
      .add_option(
          "--calibrate", options.calibrate,
          "Calibrates by the last N queries, which are not measured (default: a careful rule)")
      ->type_name("N");
  AddRepeatOption(filters, options.repeat);
}

}  // namespace

void AddFiltersCommand(CLI::App& app, Command& command) {
  auto options = std::make_shared<FiltersBenchmarkOptions>();
  CLI::App* filters =
      app.add_subcommand("filters", "Measure adaptive search under filters, in process");
  AddDataOptions(*filters, options->data);
  AddSearchOptions(*filters, *options);
  AddFilterOptions(*filters, *options);
  filters->footer(
      "Gives every vector an indexed payload: a random rank, and the region that it lies in.\n"
      "Prints recall and processor time of adaptive search under filters on them that keep few\n"
      "or many vectors, at random, near the query or far from it; beside it an exact search with\n"
      "the same filter, and a bare float32 loop over the vectors that match. One search thread.\n"
      "Example:\n"
      "  nestor-bench filters --base vectors.npy --queries queries.npy --keep 0.5,0.01");
  filters->callback([options, &command] {
    command = [options](Console& console) { return RunFiltersBenchmark(*options, console); };
  });
}

}  // namespace nestor::bench
