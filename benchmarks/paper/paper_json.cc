#include "benchmarks/paper/paper_json.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "benchmarks/engine_json.h"
#include "benchmarks/paper/wall_clock.h"

namespace nestor::bench {
namespace {

Json PrefixJson(const PrefixResult& prefix, size_t limit) {
  Json at = Json::array();
  for (const QualityAtK& quality : prefix.at) {
    at.push_back({{"k", quality.k},
                  {"map", quality.average_precision},
                  {"precision", quality.precision},
                  {"label_recall", quality.label_recall}});
  }
  return {{"dims", prefix.search.shortlist_dims},
          {"top1", prefix.search.top1},
          {absl::StrCat("map_at_", limit), prefix.search.average_precision},
          {absl::StrCat("neighbour_recall_at_", limit), prefix.neighbour_recall},
          {"mflops", prefix.search.mflops},
          {"of_exact", prefix.search.of_exact},
          {"at", std::move(at)}};
}

Json RetrievalsJson(const std::vector<RetrievalResult>& results, size_t limit) {
  Json json = Json::array();
  for (const RetrievalResult& result : results) {
    json.push_back({{"shortlist_dims", result.shortlist_dims},
                    {"rerank_dims", result.rerank_dims},
                    {"lists", result.lists},
                    {absl::StrCat("map_at_", limit), result.average_precision},
                    {"top1", result.top1},
                    {"mflops", result.mflops},
                    {"of_exact", result.of_exact}});
  }
  return json;
}

Json ClassificationJson(const PaperResults& results) {
  Json fixed = Json::array();
  for (const PaperResults::Fixed& line : results.fixed) {
    fixed.push_back({{"dims", line.dims}, {"accuracy", line.accuracy}});
  }
  Json adaptive = Json::array();
  for (const AdaptiveResult& result : results.classification) {
    adaptive.push_back({{"tolerance", result.tolerance},
                        {"thresholds", result.thresholds},
                        {"mean_dims", result.mean_dims},
                        {"accuracy", result.accuracy}});
  }
  return {{"fixed", std::move(fixed)}, {"adaptive", std::move(adaptive)}};
}

Json SpeedUpJson(const PaperResults& results) {
  const double wanted = WantedPrecision(results);
  Json systems = Json::array();
  for (const SystemTime& time : TimesAt(results.wall_clock, wanted)) {
    Json system = {{"system", time.system}, {"kind", KindName(time.time.kind)}};
    if (time.time.kind != TimeAtRecall::Kind::kNotReached) {
      system["us_per_query"] = time.time.micros;
    }
    systems.push_back(std::move(system));
  }
  const double mflops =
      Mflops(results.rows, results.wall_clock_dims, {results.full_dims}, {results.shortlist});
  return {{"prefix_dims", results.wall_clock_dims},
          {absl::StrCat("map_at_", results.limit), wanted},
          {"theoretical", TheoreticalRatio(results)},
          {"theoretical_with_rerank", Mflops(results.rows, results.full_dims, {}, {}) / mflops},
          {"systems", std::move(systems)}};
}

}  // namespace

void AddPaperResults(const PaperResults& results, Json* document) {
  Json& json = *document;
  json["limit"] = results.limit;
  json["shortlist"] = results.shortlist;
  json["by_prefix"] = Json::array();
  for (const PrefixResult& prefix : results.prefixes) {
    json["by_prefix"].push_back(PrefixJson(prefix, results.limit));
  }
  json["adaptive"] = RetrievalsJson(results.adaptive, results.limit);
  json["funnel"] = RetrievalsJson(results.funnels, results.limit);
  json["classification"] = ClassificationJson(results);
  if (results.wall_clock.empty()) return;
  AddResults(results.wall_clock, results.limit, document);
  json["speed_up"] = SpeedUpJson(results);
}

}  // namespace nestor::bench
