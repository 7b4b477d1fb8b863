#include "benchmarks/engine_report.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "benchmarks/equal_recall.h"
#include "benchmarks/number_table.h"

namespace nestor::bench {
namespace {

constexpr char kOurs[] = "nestor";
constexpr char kBaseline[] = "hnswlib";

std::vector<std::string> BaselineNames(const std::vector<ReportLine>& lines) {
  std::vector<std::string> names;
  for (const ReportLine& line : lines) {
    const bool known = std::find(names.begin(), names.end(), line.method) != names.end();
    if (absl::StartsWith(line.method, kBaseline) && !known) names.push_back(line.method);
  }
  return names;
}

std::vector<SweepPoint> SweepOf(const std::vector<ReportLine>& lines, const std::string& method) {
  std::vector<SweepPoint> sweep;
  for (const ReportLine& line : lines) {
    if (line.method == method) sweep.push_back({line.recall, line.micros});
  }
  return sweep;
}

// The baseline's time, and how many times as long as ours that is.
void AppendComparison(const TimeAtRecall& baseline, double ours, std::vector<std::string>* cells) {
  if (baseline.kind == TimeAtRecall::Kind::kNotReached) {
    cells->insert(cells->end(), {"not reached", "-"});
    return;
  }
  const char* bound = baseline.kind == TimeAtRecall::Kind::kAtMost ? "<= " : "";
  cells->push_back(absl::StrFormat("%s%.1f", bound, baseline.micros));
  cells->push_back(absl::StrFormat("%s%.2f", bound, baseline.micros / ours));
}

}  // namespace

void PrintMeasurements(const std::vector<ReportLine>& lines, size_t limit, std::ostream& out) {
  const bool labelled = !lines.empty() && lines.front().average_precision.has_value();
  std::vector<std::string> heads = {"method", "knob", absl::StrCat("recall@", limit)};
  if (labelled) heads.push_back(absl::StrCat("mAP@", limit));
  heads.insert(heads.end(), {"us/query", "cpu us", "bytes/vector", "build s"});
  NumberTable table(heads, /*text_columns=*/2);
  for (const ReportLine& line : lines) {
    std::vector<std::string> cells = {line.method, line.knob, absl::StrFormat("%.4f", line.recall)};
    if (labelled) cells.push_back(absl::StrFormat("%.4f", line.average_precision.value_or(0)));
    cells.push_back(absl::StrFormat("%.1f", line.micros));
    cells.push_back(absl::StrFormat("%.1f", line.cpu_micros));
    cells.push_back(absl::StrFormat("%.0f", line.bytes_per_vector));
    cells.push_back(absl::StrFormat("%.2f", line.build_seconds));
    table.AddRow(std::move(cells));
  }
  table.Print(out);
  out << "One search thread; medians of the passes. Where cpu us is well below us/query, the "
         "machine\n"
         "was busy with something else, or a search waited for the disk. Builds use one thread "
         "for\n"
         "each index; ours includes the durable writes. Bytes are those in memory; ours reads the\n"
         "last rows of a search in float32 from RocksDB, whose block cache is not counted.\n";
}

void PrintAtEqualRecall(const std::vector<ReportLine>& lines, size_t limit, std::ostream& out) {
  const std::vector<std::string> baselines = BaselineNames(lines);
  std::vector<std::string> heads = {"ours", "knob", absl::StrCat("recall@", limit), "us/query"};
  for (const std::string& name : baselines) {
    heads.insert(heads.end(), {absl::StrCat(name, " us"), "ratio"});
  }
  NumberTable table(heads, /*text_columns=*/2);
  for (const ReportLine& line : lines) {
    if (!absl::StartsWith(line.method, kOurs)) continue;
    std::vector<std::string> cells = {line.method, line.knob, absl::StrFormat("%.4f", line.recall),
                                      absl::StrFormat("%.1f", line.micros)};
    for (const std::string& name : baselines) {
      AppendComparison(InterpolateTime(SweepOf(lines, name), line.recall), line.micros, &cells);
    }
    table.AddRow(std::move(cells));
  }
  out << "At equal recall, the baselines' times interpolated over their sweeps (<=: their "
         "cheapest\n"
         "setting has more recall). Ratio: their time by ours, above 1 where ours is faster.\n";
  table.Print(out);
}

}  // namespace nestor::bench
