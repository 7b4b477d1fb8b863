#include "benchmarks/load/run_json.h"

#include <string>

#include "benchmarks/load/rank_payload.h"
#include "benchmarks/load/second_windows.h"

namespace nestor::bench {
namespace {

// Without a base, nothing is known of it but the number of rows.
Json LoadDataJson(const LoadTarget& target) {
  Json json = DataJson(target.data, target.metric);
  if (!target.data.base.empty()) return json;
  json["base"] = nullptr;
  json["base_hash"] = nullptr;
  return json;
}

Json FilterJson(const LoadTarget& target) {
  if (!target.kept.has_value()) return nullptr;
  return {{"field", kRankField},
          {"share", static_cast<double>(*target.kept) / static_cast<double>(target.rows)},
          {"rows", *target.kept}};
}

Json MixJson(const OperationMix& mix) {
  Json json = Json::object();
  for (size_t i = 0; i < kOperationKinds; ++i) {
    const auto kind = static_cast<OperationKind>(i);
    json[std::string(OperationName(kind))] = mix.Share(kind);
  }
  return json;
}

Json OperationsJson(const RunSummary& summary) {
  Json json = Json::object();
  for (size_t i = 0; i < kOperationKinds; ++i) {
    const KindSummary& kind = summary.kinds[i];
    json[std::string(OperationName(static_cast<OperationKind>(i)))] = {
        {"sent", kind.sent}, {"errors", kind.errors}, {"latency_ms", LatencyJson(kind.latency)}};
  }
  return json;
}

Json ClientJson(const ReportedRun& reported) {
  const ClientConduct& client = reported.summary.client;
  return {{"cpu_seconds", reported.run.client_cpu_seconds},
          {"most_in_flight", reported.run.most_in_flight},
          {"skipped", client.crowded + client.late},
          {"skipped_crowded", client.crowded},
          {"skipped_late", client.late},
          {"lag_ms", LatencyJson(client.lag)}};
}

void AddRecall(const RecallEstimate& recall, Json* fields) {
  const auto or_null = [&](double value) { return recall.count == 0 ? Json() : Json(value); };
  (*fields)["recall_at_k"] = or_null(recall.mean);
  (*fields)["recall_low"] = or_null(recall.low);
  (*fields)["recall_high"] = or_null(recall.high);
  (*fields)["recall_worst_decile"] = or_null(recall.worst_decile);
}

}  // namespace

void AddData(const LoadTarget& target, Json* document) {
  (*document)["data"] = LoadDataJson(target);
  (*document)["collection"] = LoadedCollectionJson(target.collection, target.stats);
  (*document)["limit"] = target.limit;
  (*document)["estimated_scores"] = target.searches.front().estimated_scores();
}

void AddTarget(const LoadTarget& target, const RunOptions& options, Json* document) {
  AddData(target, document);
  Json& json = *document;
  json["filter"] = FilterJson(target);
  json["mix"] = MixJson(target.mix);
  json["churn_rows"] = target.rows - target.first_churned;
  json["arrivals"] = options.arrivals == Arrivals::kPoisson ? "poisson" : "uniform";
  json["seconds"] = options.seconds;
  json["connections"] = options.connections;
  json["timeout_ms"] = absl::ToDoubleMilliseconds(options.timeout);
  json["seed"] = options.seed;
}

void AddRun(const ReportedRun& reported, Json* fields) {
  const auto& [run, summary] = reported;
  Json& json = *fields;
  json["mode"] = run.open() ? "open loop" : "closed loop";
  json["plan"] = run.plan.name;
  json["latency_ms"] = LatencyJson(summary.latency());
  AddRecall(summary.recall, fields);
  json["errors"] = summary.errors.empty() ? Json::object() : Json(summary.errors);
  json["valid"] = summary.valid();
  json["invalid_because"] = summary.invalidity.reasons;
  json["operations"] = OperationsJson(summary);
  json["client"] = ClientJson(reported);
  json["server"] = ServerUsageJson(run.server);
  json["warmup_seconds"] = 1e-9 * static_cast<double>(run.begin_ns);
  json["steady"] = run.steady;
}

void AddRunDetails(const ReportedRun& reported, const TruthSet& truth, Json* fields) {
  const MeasuredRun& run = reported.run;
  (*fields)["percentiles"] = PercentilesJson(reported.summary.latency());
  (*fields)["windows"] = SecondWindowsJson(run.records, run.begin_ns, run.end_ns, truth);
  (*fields)["stages"] = run.stages;
}

Json ResultJson(const ReportedRun& reported, const Json& params) {
  Json json = {{"params", params}, {"qps", reported.summary.achieved_rate}};
  AddRun(reported, &json);
  return json;
}

}  // namespace nestor::bench
