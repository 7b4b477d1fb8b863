#include "benchmarks/report/document_charts.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "benchmarks/report/fields.h"
#include "benchmarks/report/paper_chart.h"
#include "benchmarks/report/pareto.h"

namespace nestor::bench {
namespace {

using Point = std::pair<double, double>;

// One series for each value of `group` among the results, its points ordered by x.
template <typename MakePoint>
std::vector<Series> Grouped(const Json& document, absl::string_view group, MakePoint make_point) {
  std::vector<Series> all;
  for (const Json& result : Elements(document, "results")) {
    const std::string name = Text(result, group);
    auto series = std::find_if(all.begin(), all.end(),
                               [&](const Series& other) { return other.name == name; });
    if (series == all.end()) series = all.insert(all.end(), Series{name, {}, true});
    series->points.push_back(make_point(result));
  }
  for (Series& series : all) std::sort(series.points.begin(), series.points.end());
  return all;
}

// The points that no other beats in both: a system has many settings, and most of them nobody would
// choose.
std::vector<Series> BestSettings(std::vector<Series> all) {
  for (Series& series : all) {
    std::vector<Tradeoff> tradeoffs;
    for (const auto& [quality, speed] : series.points) tradeoffs.push_back({speed, quality});
    const std::vector<bool> best = OnParetoFrontier(tradeoffs);
    size_t kept = 0;
    for (size_t i = 0; i < best.size(); ++i) {
      if (best[i]) series.points[kept++] = series.points[i];
    }
    series.points.resize(kept);
  }
  return all;
}

std::vector<Chart> EngineCharts(const Json& document) {
  const Axis qps = {"queries per second, one thread", AxisScale::kLog};
  const auto against = [&](absl::string_view quality) {
    return BestSettings(Grouped(document, "system", [&](const Json& result) {
      return Point(Number(result, quality), 1e6 / Number(result, "us_per_query"));
    }));
  };
  const std::string limit = absl::StrCat(LimitOf(document));
  return {{"Recall against queries per second, the best settings",
           {"recall@" + limit},
           qps,
           against(QualityField(document, "recall"))},
          {"mAP against queries per second, the best settings",
           {"mAP@" + limit},
           qps,
           against(QualityField(document, "map"))}};
}

// Adaptive searches beside plans that are the same for every query.
Chart AdaptiveChart(const Json& document) {
  const std::string recall = QualityField(document, "recall");
  return {"Recall against queries per second",
          {"recall@" + absl::StrCat(LimitOf(document))},
          {"queries per second, one thread", AxisScale::kLog},
          BestSettings(Grouped(document, "plan", [&](const Json& result) {
            return Point(Number(result, recall), 1e6 / Number(result, "us_per_query"));
          }))};
}

std::vector<Chart> SweepCharts(const Json& document) {
  Series all = {"every setting", {}, false};
  Series frontier = {"Pareto frontier", {}, true};
  Series latency = {"p99", {}, true};
  for (const Json& result : Elements(document, "results")) {
    const Point point(Number(result, "recall_at_k"), Number(result, "qps"));
    all.points.push_back(point);
    if (IsTrue(result, "pareto")) frontier.points.push_back(point);
    latency.points.emplace_back(Number(result, "qps"), Number(Field(result, "latency_ms"), "p99"));
  }
  std::sort(frontier.points.begin(), frontier.points.end());
  std::sort(latency.points.begin(), latency.points.end());
  latency.line = false;
  std::vector<Series> series = {all};
  if (!frontier.points.empty()) series.push_back(frontier);
  return {{"Recall against queries per second",
           {"recall"},
           {"queries per second", AxisScale::kLog},
           std::move(series)},
          {"Latency against queries per second",
           {"queries per second"},
           {"p99 ms", AxisScale::kLog},
           {latency}}};
}

Chart PercentileChart(const Json& document) {
  Series series = {"latency", {}, true};
  for (const Json& pair : Elements(document, "percentiles")) {
    if (pair.is_array() && pair.size() == 2) {
      series.points.emplace_back(Number(pair[0]), Number(pair[1]));
    }
  }
  return {"Latency by percentile",
          {"percentile", AxisScale::kNines},
          {"latency ms", AxisScale::kLog},
          {series}};
}

std::vector<Chart> WindowCharts(const Json& document) {
  std::vector<Series> latencies;
  for (const auto& [name, field] :
       {std::pair("p50", "p50_ms"), std::pair("p99", "p99_ms"), std::pair("max", "max_ms")}) {
    Series series = {name, {}, true};
    for (const Json& window : Elements(document, "windows")) {
      series.points.emplace_back(Number(window, "second"), Number(window, field));
    }
    latencies.push_back(std::move(series));
  }
  Series recall = {"recall", {}, true};
  for (const Json& window : Elements(document, "windows")) {
    recall.points.emplace_back(Number(window, "second"),
                               Number(window, "recall_sum") / Number(window, "recall_count"));
  }
  return {{"Latency second by second",
           {"second"},
           {"latency ms", AxisScale::kLog},
           std::move(latencies)},
          {"Recall second by second", {"second"}, {"recall"}, {recall}}};
}

Chart ProbeChart(const Json& document) {
  Series holds = {"within the limits", {}, false};
  Series breaks = {"beyond them", {}, false};
  for (const Json& probe : Elements(document, "probes")) {
    Series& series = IsTrue(probe, "held") ? holds : breaks;
    series.points.emplace_back(Number(probe, "offered_rate"),
                               Number(Field(probe, "latency_ms"), "p99"));
  }
  return {"p99 at the rates that were tried",
          {"rate per second"},
          {"p99 ms", AxisScale::kLog},
          {holds, breaks}};
}

bool HasPoint(const Chart& chart) {
  return std::any_of(chart.series.begin(), chart.series.end(), [](const Series& series) {
    return std::any_of(series.points.begin(), series.points.end(), [](const Point& point) {
      return std::isfinite(point.first) && std::isfinite(point.second);
    });
  });
}

}  // namespace

std::vector<Chart> ChartsOf(const Json& document) {
  const std::vector<Json> results = Elements(document, "results");
  const bool is_engine = !results.empty() && !Text(results[0], "system").empty();
  std::vector<Chart> charts = is_engine ? EngineCharts(document)
                              : Text(document, "command") == "adaptive"
                                  ? std::vector<Chart>{AdaptiveChart(document)}
                                  : SweepCharts(document);
  charts.push_back(PercentileChart(document));
  for (Chart& chart : WindowCharts(document)) charts.push_back(std::move(chart));
  charts.push_back(ProbeChart(document));
  charts.push_back(PaperChart(document));
  charts.erase(std::remove_if(charts.begin(), charts.end(),
                              [](const Chart& chart) { return !HasPoint(chart); }),
               charts.end());
  return charts;
}

std::optional<Waterfall> WaterfallOf(const Json& document) {
  Waterfall waterfall = {"Where the time of a search goes (means)", {}};
  double whole = 0;  // `total` begins behind the queue
  double at = 0;
  for (const Json& stage : Elements(document, "stages")) {
    const double mean = Number(stage, "mean_us");
    if (!std::isfinite(mean)) continue;
    const std::string name = Text(stage, "name");
    if (name == "queue" || name == "total") whole += mean;
    if (name == "total") continue;
    waterfall.bars.push_back(
        {name, at, mean, absl::StrFormat("%.0f us, p99 %.0f us", mean, Number(stage, "p99_us"))});
    at += mean;
  }
  if (waterfall.bars.empty()) return std::nullopt;
  whole = std::max(whole, at);
  waterfall.bars.push_back({"whole in the server", 0, whole, absl::StrFormat("%.0f us", whole)});
  return waterfall;
}

}  // namespace nestor::bench
