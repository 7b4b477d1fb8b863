#include "benchmarks/engine_report.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "benchmarks/number_table.h"

namespace nestor::bench {
namespace {

constexpr char kOurs[] = "nestor_";

double QualityOf(const ReportLine& line, Quality quality) {
  return quality == Quality::kRecall ? line.recall : line.average_precision.value_or(0);
}

bool HasPrecision(const std::vector<ReportLine>& lines) {
  return !lines.empty() && lines.front().average_precision.has_value();
}

std::vector<std::string> BaselineNames(const std::vector<ReportLine>& lines) {
  std::vector<std::string> names = SystemsOf(lines);
  names.erase(std::remove_if(names.begin(), names.end(),
                             [](const std::string& name) { return absl::StartsWith(name, kOurs); }),
              names.end());
  return names;
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

// One line for each system whose bytes are for several things.
void PrintMemoryParts(const std::vector<ReportLine>& lines, std::ostream& out) {
  const std::string* last = nullptr;
  for (const ReportLine& line : lines) {
    if (line.cost.parts.empty() || (last != nullptr && *last == line.system)) continue;
    last = &line.system;
    std::vector<std::string> parts;
    for (const MemoryPart& part : line.cost.parts) {
      parts.push_back(absl::StrFormat("%s %.0f resident, %.0f mapped", part.name,
                                      part.resident_bytes_per_vector,
                                      part.mapped_bytes_per_vector));
    }
    out << line.system << ": " << absl::StrJoin(parts, "; ") << " (B)\n";
  }
}

}  // namespace

ReportLine MakeLine(const std::vector<Method>& methods, const Measurement& measurement) {
  const Method& method = methods[measurement.method];
  const Variant& variant = method.variants[measurement.variant];
  ReportLine line;
  line.system = method.system;
  line.knob = variant.knob;
  line.params = variant.params;
  line.micros = measurement.micros_per_query;
  line.cpu_micros = measurement.cpu_micros_per_query;
  line.pass_micros = measurement.pass_micros;
  line.cost = method.cost;
  return line;
}

std::vector<std::string> SystemsOf(const std::vector<ReportLine>& lines) {
  std::vector<std::string> systems;
  for (const ReportLine& line : lines) {
    const bool known = std::find(systems.begin(), systems.end(), line.system) != systems.end();
    if (!known) systems.push_back(line.system);
  }
  return systems;
}

std::vector<SweepPoint> SweepOf(const std::vector<ReportLine>& lines, const std::string& system,
                                Quality quality) {
  std::vector<SweepPoint> sweep;
  for (const ReportLine& line : lines) {
    if (line.system == system) sweep.push_back({QualityOf(line, quality), line.micros});
  }
  return sweep;
}

std::vector<EqualQuality> CompareAtEqual(const std::vector<ReportLine>& lines, Quality quality) {
  const std::vector<std::string> baselines = BaselineNames(lines);
  std::vector<EqualQuality> comparisons;
  for (const ReportLine& line : lines) {
    if (!absl::StartsWith(line.system, kOurs)) continue;
    EqualQuality comparison{&line, QualityOf(line, quality), {}};
    for (const std::string& name : baselines) {
      comparison.baselines.push_back(
          {name, InterpolateTime(SweepOf(lines, name, quality), comparison.quality)});
    }
    comparisons.push_back(std::move(comparison));
  }
  return comparisons;
}

void PrintMeasurements(const std::vector<ReportLine>& lines, size_t limit, std::ostream& out) {
  const bool labelled = HasPrecision(lines);
  std::vector<std::string> heads = {"system", "knobs", absl::StrCat("recall@", limit)};
  if (labelled) heads.push_back(absl::StrCat("mAP@", limit));
  heads.insert(heads.end(), {"us/query", "cpu us", "resident B", "mapped B", "grown B", "build s"});
  NumberTable table(heads, /*text_columns=*/2);
  for (const ReportLine& line : lines) {
    std::vector<std::string> cells = {line.system, line.knob, absl::StrFormat("%.4f", line.recall)};
    if (labelled) cells.push_back(absl::StrFormat("%.4f", line.average_precision.value_or(0)));
    cells.push_back(absl::StrFormat("%.1f", line.micros));
    cells.push_back(absl::StrFormat("%.1f", line.cpu_micros));
    cells.push_back(absl::StrFormat("%.0f", line.cost.resident_bytes_per_vector));
    cells.push_back(absl::StrFormat("%.0f", line.cost.mapped_bytes_per_vector));
    cells.push_back(absl::StrFormat("%.0f", line.cost.grown_bytes_per_vector));
    cells.push_back(absl::StrFormat("%.2f", line.cost.build_seconds));
    table.AddRow(std::move(cells));
  }
  table.Print(out);
  PrintMemoryParts(lines, out);
  out << "One search thread; medians of the passes. Where cpu us is well below us/query, the "
         "machine\n"
         "was busy with something else, or a search waited for the disk. Build time of ours "
         "includes\n"
         "the durable writes. B: bytes for each vector. Resident: what index and vectors in memory "
         "hold,\n"
         "counted by themselves; mapped: files read through mappings; grown: what the process grew "
         "by\n"
         "while the system was built, caches and waste included.\n";
}

void PrintAtEqual(const std::vector<ReportLine>& lines, Quality quality, size_t limit,
                  std::ostream& out) {
  const std::string name = quality == Quality::kRecall ? "recall" : "mAP";
  std::vector<std::string> heads = {"ours", "knobs", absl::StrCat(name, "@", limit), "us/query"};
  for (const std::string& baseline : BaselineNames(lines)) {
    heads.insert(heads.end(), {absl::StrCat(baseline, " us"), "ratio"});
  }
  NumberTable table(heads, /*text_columns=*/2);
  for (const EqualQuality& comparison : CompareAtEqual(lines, quality)) {
    const ReportLine& ours = *comparison.ours;
    std::vector<std::string> cells = {ours.system, ours.knob,
                                      absl::StrFormat("%.4f", comparison.quality),
                                      absl::StrFormat("%.1f", ours.micros)};
    for (const EqualQuality::Baseline& baseline : comparison.baselines) {
      AppendComparison(baseline.time, ours.micros, &cells);
    }
    table.AddRow(std::move(cells));
  }
  out << "At equal " << name
      << ", the baselines' times interpolated over their sweeps (<=: their cheapest\n"
         "setting has more). Ratio: their time by ours, above 1 where ours is faster.\n";
  table.Print(out);
}

}  // namespace nestor::bench
