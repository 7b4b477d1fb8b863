#include "benchmarks/engine_json.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace nestor::bench {
namespace {

Json LineJson(const ReportLine& line, size_t limit) {
  Json json = {{"system", line.system},
               {"params", line.params},
               {absl::StrCat("recall_at_", limit), line.recall}};
  if (line.average_precision.has_value()) {
    json[absl::StrCat("map_at_", limit)] = *line.average_precision;
  }
  json["us_per_query"] = line.micros;
  json["cpu_us_per_query"] = line.cpu_micros;
  json["pass_us"] = line.pass_micros;
  json["build_seconds"] = line.cost.build_seconds;
  json["resident_bytes_per_vector"] = line.cost.resident_bytes_per_vector;
  json["mapped_bytes_per_vector"] = line.cost.mapped_bytes_per_vector;
  for (const MemoryPart& part : line.cost.parts) {
    json["bytes_per_vector_by_part"][part.name] = {{"resident", part.resident_bytes_per_vector},
                                                   {"mapped", part.mapped_bytes_per_vector}};
  }
  json["grown_bytes_per_vector"] = line.cost.grown_bytes_per_vector;
  return json;
}

Json BaselineJson(const EqualQuality::Baseline& baseline, double our_micros) {
  Json json = {{"system", baseline.system}, {"kind", KindName(baseline.time.kind)}};
  if (baseline.time.kind == TimeAtRecall::Kind::kNotReached) return json;
  json["us_per_query"] = baseline.time.micros;
  json["ratio"] = baseline.time.micros / our_micros;
  return json;
}

Json ComparisonsJson(const std::vector<EqualQuality>& comparisons) {
  Json json = Json::array();
  for (const EqualQuality& comparison : comparisons) {
    Json baselines = Json::array();
    for (const EqualQuality::Baseline& baseline : comparison.baselines) {
      baselines.push_back(BaselineJson(baseline, comparison.ours->micros));
    }
    json.push_back({{"system", comparison.ours->system},
                    {"params", comparison.ours->params},
                    {"quality", comparison.quality},
                    {"us_per_query", comparison.ours->micros},
                    {"baselines", std::move(baselines)}});
  }
  return json;
}

}  // namespace

void AddResults(const std::vector<ReportLine>& lines, size_t limit, Json* document) {
  Json results = Json::array();
  for (const ReportLine& line : lines) results.push_back(LineJson(line, limit));
  (*document)["results"] = std::move(results);
  (*document)["at_equal_recall"] = ComparisonsJson(CompareAtEqual(lines, Quality::kRecall));
  if (lines.empty() || !lines.front().average_precision.has_value()) return;
  (*document)["at_equal_map"] = ComparisonsJson(CompareAtEqual(lines, Quality::kAveragePrecision));
}

}  // namespace nestor::bench
