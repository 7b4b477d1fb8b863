#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "benchmarks/command_line.h"
#include "benchmarks/json_file.h"
#include "benchmarks/number_table.h"
#include "benchmarks/report/comparison.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

struct CompareCommandOptions {
  std::string before;
  std::string after;
  CompareOptions compare;
};

std::string IntervalText(const Comparison& comparison) {
  if (!comparison.interval) return "-";
  return absl::StrFormat("%+.1f %% to %+.1f %%", 100 * comparison.interval->low,
                         100 * comparison.interval->high);
}

void PrintComparisons(const std::vector<Comparison>& comparisons, std::ostream& out) {
  NumberTable table({"result", "metric", "before", "after", "change", "95 % of changes", "verdict"},
                    /*text_columns=*/2);
  for (const Comparison& comparison : comparisons) {
    const double change = comparison.after / comparison.before - 1;
    table.AddRow({comparison.what, comparison.metric, absl::StrFormat("%.5g", comparison.before),
                  absl::StrFormat("%.5g", comparison.after),
                  absl::StrFormat("%+.1f %%", 100 * change), IntervalText(comparison),
                  VerdictName(comparison.verdict)});
  }
  table.Print(out);
}

absl::Status RunCompare(const CompareCommandOptions& options, Console& console) {
  NESTOR_ASSIGN_OR_RETURN(const Json before, ReadJsonFile(options.before));
  NESTOR_ASSIGN_OR_RETURN(const Json after, ReadJsonFile(options.after));
  absl::StatusOr<std::vector<Comparison>> comparisons =
      CompareDocuments(before, after, options.compare);
  if (!comparisons.ok()) {
    return absl::Status(
        comparisons.status().code(),
        absl::StrCat(options.before, " and ", options.after, ": ", comparisons.status().message()));
  }
  for (const std::string& difference : EnvironmentDifferences(before, after)) {
    console.out << "differs   " << difference << "\n";
  }
  PrintComparisons(*comparisons, console.out);
  size_t worse = 0;
  for (const Comparison& comparison : *comparisons) {
    if (comparison.verdict == Verdict::kWorse) ++worse;
  }
  if (worse == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(worse, " of ", comparisons->size(), " numbers are worse"));
}

}  // namespace

void AddCompareCommand(CLI::App& app, Command& command) {
  auto options = std::make_shared<CompareCommandOptions>();
  CLI::App* compare = app.add_subcommand("compare", "Compare two JSON documents of one command");
  compare->add_option("before", options->before, "The document to compare with")
      ->required()
      ->type_name("A.json");
  compare->add_option("after", options->after, "The document in question")
      ->required()
      ->type_name("B.json");
  compare
      ->add_option("--tolerance", options->compare.tolerance,
                   "Relative change of times, rates and bytes that does not matter")
      ->check(CLI::Range(0.0, 10.0))
      ->capture_default_str()
      ->type_name("SHARE");
  compare
      ->add_option("--recall-tolerance", options->compare.recall_tolerance,
                   "Change of recall and mAP that does not matter")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str()
      ->type_name("R");
  compare->footer(
      "A time or rate is better or worse if the change is beyond the tolerance and the bootstrap\n"
      "interval of it excludes no change. Exit code 1 if any number is worse.\n"
      "Example:\n"
      "  nestor-bench compare before.json after.json");
  compare->callback([options, &command] {
    command = [options](Console& console) { return RunCompare(*options, console); };
  });
}

}  // namespace nestor::bench
