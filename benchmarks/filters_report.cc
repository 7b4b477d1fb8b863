#include "benchmarks/filters_report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "benchmarks/number_table.h"

namespace nestor::bench {
namespace {

void PrintMissed(const std::vector<FilterLine>& lines, const FilterTargets& targets,
                 std::ostream& out) {
  size_t missed = 0;
  for (const FilterLine& line : lines) {
    const std::string text = MissedTargets(line, targets);
    if (text.empty()) continue;
    ++missed;
    out << "MISSED: " << line.index << ", " << line.filter << ": " << text << "\n";
  }
  const std::string wanted =
      absl::StrFormat("recall >= %g, all hits that there can be, adaptive <= %g x exact",
                      targets.recall, targets.cost_ratio);
  if (missed == 0) {
    out << "Every line reaches its targets: " << wanted << ".\n";
  } else {
    out << missed << " of " << lines.size() << " lines miss a target: " << wanted << ".\n";
  }
}

// The float loop is no target: it answers with row numbers, and from vectors that the engine does
// not keep in memory.
void PrintBesideFloatLoop(const std::vector<FilterLine>& lines, const FilterTargets& targets,
                          std::ostream& out) {
  size_t dearer = 0;
  double most_micros = 0;
  for (const FilterLine& line : lines) {
    if (line.adaptive_micros <= targets.cost_ratio * line.float_micros) continue;
    ++dearer;
    most_micros = std::max(most_micros, line.adaptive_micros - line.float_micros);
  }
  out << absl::StrFormat("%d of %d lines take more than %g times as long as the float loop", dearer,
                         lines.size(), targets.cost_ratio);
  if (dearer > 0) out << absl::StrFormat(", up to %.1f us longer", most_micros);
  out << ".\n";
}

}  // namespace

std::string MissedTargets(const FilterLine& line, const FilterTargets& targets) {
  std::vector<std::string> missed;
  if (line.recall < targets.recall) {
    missed.push_back(absl::StrFormat("recall %.4f < %g", line.recall, targets.recall));
  }
  if (line.full_share < 1) {
    missed.push_back(absl::StrFormat("hits are missing for %.1f %% of the queries",
                                     100 * (1 - line.full_share)));
  }
  if (line.adaptive_micros > targets.cost_ratio * line.exact_micros) {
    missed.push_back(absl::StrFormat("%.1f us > %g x %.1f us", line.adaptive_micros,
                                     targets.cost_ratio, line.exact_micros));
  }
  return absl::StrJoin(missed, "; ");
}

void PrintFilterLines(const std::vector<FilterLine>& lines, const FilterTargets& targets,
                      size_t limit, std::ostream& out) {
  NumberTable table(
      {"index", "filter keeps", "rows", "scanned %", absl::StrCat("recall@", limit), "all hits %",
       "adaptive us", "exact us", "float us", "adaptive/exact", "adaptive/float"},
      /*text_columns=*/2);
  for (const FilterLine& line : lines) {
    table.AddRow(
        {line.index, line.filter, absl::StrFormat("%.0f", line.rows),
         absl::StrFormat("%.1f", 100 * line.scanned_share), absl::StrFormat("%.4f", line.recall),
         absl::StrFormat("%.1f", 100 * line.full_share),
         absl::StrFormat("%.1f", line.adaptive_micros), absl::StrFormat("%.1f", line.exact_micros),
         absl::StrFormat("%.1f", line.float_micros),
         absl::StrFormat("%.2f", line.adaptive_micros / line.exact_micros),
         absl::StrFormat("%.2f", line.adaptive_micros / line.float_micros)});
  }
  table.Print(out);
  out << "\n";
  PrintMissed(lines, targets, out);
  PrintBesideFloatLoop(lines, targets, out);
}

}  // namespace nestor::bench
