#include "client/json.h"

#include <google/protobuf/util/time_util.h>

#include <charconv>
#include <cmath>
#include <map>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "client/half.h"

namespace nestor {
namespace {

using google::protobuf::util::TimeUtil;

absl::StatusOr<Json> VectorToJson(const v1::Vector& vector) {
  absl::StatusOr<std::vector<float>> components = DecodeVector(vector);
  if (!components.ok()) return components.status();
  Json array = Json::array();
  for (const float component : *components) array.push_back(FloatToJson(component));
  return array;
}

double Seconds(const google::protobuf::Duration& duration) {
  return static_cast<double>(TimeUtil::DurationToMicroseconds(duration)) * 1e-6;
}

Json StageToJson(const v1::StageStats& stage) {
  return {{"name", stage.name()},
          {"dims", stage.dims()},
          {"candidates_in", stage.candidates_in()},
          {"candidates_out", stage.candidates_out()},
          {"bytes_read", stage.bytes_read()},
          {"time_us", TimeUtil::DurationToMicroseconds(stage.time())}};
}

Json SearchStatsToJson(const v1::SearchResponse& response) {
  const v1::Completeness& completeness = response.completeness();
  Json stats = {{"complete", completeness.complete()}};
  stats["estimated_recall"] = completeness.has_estimated_recall()
                                  ? FloatToJson(completeness.estimated_recall())
                                  : Json(nullptr);
  stats["certified"] = completeness.certified();
  stats["stop_reason"] =
      absl::AsciiStrToLower(v1::Completeness::StopReason_Name(completeness.stop_reason()));
  if (!completeness.complete() || !completeness.reasons().empty()) {
    stats["reasons"] = Json::array();
    for (const int reason : completeness.reasons()) {
      stats["reasons"].push_back(absl::AsciiStrToLower(v1::Completeness::Reason_Name(reason)));
    }
  }
  if (!response.has_stats()) return stats;
  stats["plan"] = response.stats().plan();
  stats["queue_us"] = TimeUtil::DurationToMicroseconds(response.stats().queue_time());
  stats["total_us"] = TimeUtil::DurationToMicroseconds(response.stats().total_time());
  stats["stages"] = Json::array();
  for (const v1::StageStats& stage : response.stats().stages()) {
    stats["stages"].push_back(StageToJson(stage));
  }
  return stats;
}

Json PrefixCodeToJson(const v1::PrefixCode& code) {
  return {{"dims", code.dims()}, {"bits", code.bits()}};
}

Json CalibrationToJson(const v1::Calibration& calibration) {
  Json tables = Json::array();
  for (const v1::Calibration::Table& table : calibration.tables()) {
    Json plans = Json::array();
    for (const v1::Calibration::Plan& plan : table.plans()) {
      Json row = {{"promised_recall", FloatToJson(plan.promised_recall())},
                  {"recall", FloatToJson(plan.recall())},
                  {"cost_us", 1e6 * Seconds(plan.cost())},
                  {"exact", plan.exact()}};
      if (!plan.exact()) {
        row["size"] = plan.shortlist().size();
        row["ef"] = plan.shortlist().ef();
        row["nprobe"] = plan.shortlist().nprobe();
        row["margin"] = plan.has_margin() ? FloatToJson(plan.margin()) : Json(nullptr);
        row["stage"] = plan.has_stage()
                           ? Json{{"dims", plan.stage().dims()}, {"keep", plan.stage().keep()}}
                           : Json(nullptr);
      }
      plans.push_back(std::move(row));
    }
    tables.push_back({{"share", FloatToJson(table.share())},
                      {"limit", table.limit()},
                      {"queries", table.queries()},
                      {"plans", std::move(plans)}});
  }
  return {{"time", TimeUtil::ToString(calibration.time())},
          {"points", calibration.points()},
          {"source", absl::AsciiStrToLower(v1::Calibration::Source_Name(calibration.source()))},
          {"unfinished", calibration.unfinished()},
          {"revoked", calibration.revoked()},
          {"tables", std::move(tables)}};
}

Json AuditToJson(const v1::RecallAudit& audit) {
  Json json = {{"searches", audit.searches()}};
  if (audit.searches() > 0) {
    json["recall"] = FloatToJson(audit.recall());
    json["low"] = FloatToJson(audit.low());
    json["high"] = FloatToJson(audit.high());
    json["recall_target"] = FloatToJson(audit.recall_target());
  }
  json["alarms"] = audit.alarms();
  if (audit.has_last_alarm()) json["last_alarm"] = TimeUtil::ToString(audit.last_alarm());
  return json;
}

}  // namespace

Json FloatToJson(float value) {
  if (!std::isfinite(value)) return nullptr;
  char text[32];
  const std::to_chars_result written = std::to_chars(text, text + sizeof(text), value);
  double shortest = value;
  std::from_chars(text, written.ptr, shortest);
  return shortest;
}

Json IdToJson(const v1::PointId& id) {
  switch (id.id_case()) {
    case v1::PointId::kNum:
      return id.num();
    case v1::PointId::kStr:
      return id.str();
    default:
      return nullptr;
  }
}

Json ValueToJson(const v1::Value& value) {
  switch (value.kind_case()) {
    case v1::Value::kBoolValue:
      return value.bool_value();
    case v1::Value::kIntValue:
      return value.int_value();
    case v1::Value::kDoubleValue:
      return value.double_value();  // null when it is not finite
    case v1::Value::kStringValue:
      return value.string_value();
    case v1::Value::kTimeValue:
      return TimeUtil::ToString(value.time_value());
    case v1::Value::kListValue: {
      Json list = Json::array();
      for (const v1::Value& item : value.list_value().items()) list.push_back(ValueToJson(item));
      return list;
    }
    case v1::Value::kObjectValue:
      return PayloadToJson(value.object_value());
    case v1::Value::KIND_NOT_SET:
      return nullptr;
  }
  return nullptr;
}

Json PayloadToJson(const v1::Payload& payload) {
  std::map<std::string, const v1::Value*> sorted;
  for (const auto& [name, value] : payload.fields()) sorted[name] = &value;
  Json object = Json::object();
  for (const auto& [name, value] : sorted) object.emplace(name, ValueToJson(*value));
  return object;
}

absl::StatusOr<Json> HitToJson(const v1::Hit& hit) {
  Json json = {{"id", IdToJson(hit.id())},
               {"score", FloatToJson(hit.score())},
               {"distance", FloatToJson(hit.distance())},
               {"payload", PayloadToJson(hit.payload())}};
  if (!hit.has_vector()) return json;
  absl::StatusOr<Json> vector = VectorToJson(hit.vector());
  if (!vector.ok()) return vector;
  json["vector"] = *std::move(vector);
  return json;
}

absl::StatusOr<Json> PointToJson(const v1::Point& point) {
  Json json = {{"id", IdToJson(point.id())},
               {"version", point.version()},
               {"payload", PayloadToJson(point.payload())}};
  if (point.has_expire_time()) json["expire_time"] = TimeUtil::ToString(point.expire_time());
  if (!point.has_vector()) return json;
  absl::StatusOr<Json> vector = VectorToJson(point.vector());
  if (!vector.ok()) return vector;
  json["vector"] = *std::move(vector);
  return json;
}

absl::StatusOr<Json> SearchRowToJson(uint64_t row, const v1::SearchResponse& response) {
  Json json = {{"row", row}, {"hits", Json::array()}};
  for (const v1::Hit& hit : response.hits()) {
    absl::StatusOr<Json> one = HitToJson(hit);
    if (!one.ok()) return one;
    json["hits"].push_back(*std::move(one));
  }
  json["stats"] = SearchStatsToJson(response);
  if (response.has_error()) {
    const auto code = static_cast<absl::StatusCode>(response.error().code());
    json["error"] = {{"code", absl::StatusCodeToString(code)},
                     {"message", response.error().message()}};
  }
  return json;
}

Json CollectionToJson(const v1::Collection& collection) {
  Json json = {{"name", collection.name()},
               {"dims", collection.dims()},
               {"metric", MetricName(collection.metric())},
               {"index", IndexName(collection.index())},
               {"prefix_code", PrefixCodeToJson(collection.prefix_code())},
               {"transform", TransformName(collection.transform())},
               {"rerank_tier", RerankTierName(collection.rerank_tier())},
               {"recall_target", FloatToJson(collection.search_defaults().recall_target())},
               {"state", absl::AsciiStrToLower(v1::Collection::State_Name(collection.state()))}};
  json["payload_indexes"] = Json::array();
  for (const v1::PayloadIndex& index : collection.payload_indexes()) {
    json["payload_indexes"].push_back(
        {{"field", index.field()},
         {"type", absl::AsciiStrToLower(v1::PayloadIndex::Type_Name(index.type()))}});
  }
  if (collection.has_create_time()) {
    json["create_time"] = TimeUtil::ToString(collection.create_time());
  }
  return json;
}

Json SnapshotToJson(const v1::Snapshot& snapshot) {
  Json json = {{"name", snapshot.name()}, {"collection", snapshot.collection()}};
  if (!snapshot.problem().empty()) {
    json["problem"] = snapshot.problem();
    return json;
  }
  json["create_time"] = TimeUtil::ToString(snapshot.create_time());
  json["points"] = snapshot.points();
  json["bytes"] = snapshot.bytes();
  json["sequence"] = snapshot.sequence();
  return json;
}

Json CollectionStatsToJson(const v1::CollectionStats& stats) {
  return {{"points", stats.points()},
          {"unindexed_points", stats.unindexed_points()},
          {"dead_rows", stats.dead_rows()},
          {"segments", stats.segments()},
          {"index_bytes", stats.index_bytes()},
          {"payload_index_bytes", stats.payload_index_bytes()},
          {"rerank_tier_bytes", stats.rerank_tier_bytes()},
          {"rerank_tier_mapped_bytes", stats.rerank_tier_mapped_bytes()},
          {"point_record_mapped_bytes", stats.point_record_mapped_bytes()},
          {"disk_bytes", stats.disk_bytes()},
          {"durable_sequence", stats.durable_sequence()},
          {"indexed_sequence", stats.indexed_sequence()},
          {"prefix_dims", stats.prefix_code().dims()},
          {"prefix_bits", stats.prefix_code().bits()},
          {"prefix_learnt", stats.prefix_code().learnt()},
          {"basis_version", stats.basis_version()},
          {"calibration",
           stats.has_calibration() ? CalibrationToJson(stats.calibration()) : Json(nullptr)},
          {"recall_audit", AuditToJson(stats.recall_audit())}};
}

Json AdviceToJson(const v1::Advice& advice) {
  const auto quality = [](const v1::Advice::Quality& of) {
    Json json = {
        {"dims", of.code().dims()},       {"bits", of.code().bits()},
        {"learnt", of.code().learnt()},   {"bytes", of.bytes()},
        {"kept", FloatToJson(of.kept())}, {"kept_by_chance", FloatToJson(of.kept_by_chance())}};
    if (of.has_kept_learnt()) json["kept_learnt"] = FloatToJson(of.kept_learnt());
    return json;
  };
  Json json = {{"points", advice.points()},
               {"sample_points", advice.sample_points()},
               {"sample_queries", advice.sample_queries()},
               {"by_asked", advice.by_asked()},
               {"prefixes", Json::array()},
               {"codes", Json::array()},
               {"best", PrefixCodeToJson(advice.best())},
               {"is_matryoshka", advice.is_matryoshka()},
               {"is_worth_learning", advice.is_worth_learning()}};
  for (const v1::Advice::Quality& prefix : advice.prefixes()) {
    json["prefixes"].push_back(quality(prefix));
  }
  for (const v1::Advice::Quality& code : advice.codes()) json["codes"].push_back(quality(code));
  if (advice.has_judged()) json["judged"] = quality(advice.judged());
  return json;
}

Json RecallToJson(const v1::MeasureRecallResponse& report) {
  return {
      {"source", absl::AsciiStrToLower(v1::MeasureRecallResponse::Source_Name(report.source()))},
      {"queries", report.queries()},
      {"recall", FloatToJson(report.recall())},
      {"low", FloatToJson(report.low())},
      {"high", FloatToJson(report.high())},
      {"worst", FloatToJson(report.worst())},
      {"short_of_target", report.short_of_target()},
      {"estimated_recall",
       report.has_estimated_recall() ? FloatToJson(report.estimated_recall()) : Json(nullptr)},
      {"cost_us", 1e6 * Seconds(report.cost())},
      {"exact_cost_us", 1e6 * Seconds(report.exact_cost())},
      {"plan", report.plan()},
      {"sequence", report.sequence()}};
}

Json ServerInfoToJson(const v1::ServerInfo& info) {
  return {{"version", info.version()},
          {"commit", info.commit()},
          {"kernels", info.kernels()},
          {"start_time", TimeUtil::ToString(info.start_time())},
          {"user_cpu_seconds", Seconds(info.user_cpu_time())},
          {"system_cpu_seconds", Seconds(info.system_cpu_time())},
          {"resident_bytes", info.resident_bytes()},
          {"threads", info.threads()},
          {"cores", info.cores()}};
}

std::string MetricName(v1::Collection::Metric metric) {
  if (metric == v1::Collection::METRIC_UNSPECIFIED) return "unspecified";
  return absl::AsciiStrToLower(v1::Collection::Metric_Name(metric));
}

std::string TransformName(v1::Collection::Transform transform) {
  if (transform == v1::Collection::TRANSFORM_UNSPECIFIED) return "none";
  return absl::AsciiStrToLower(v1::Collection::Transform_Name(transform));
}

std::string IndexName(const v1::ShortlistIndex& index) {
  switch (index.kind_case()) {
    case v1::ShortlistIndex::kHnsw:
      return "hnsw";
    case v1::ShortlistIndex::kIvf:
      return "ivf";
    case v1::ShortlistIndex::kFlat:
      return "flat";
    default:
      return "unspecified";
  }
}

std::string RerankTierName(v1::RerankTier tier) {
  if (tier == v1::RERANK_TIER_UNSPECIFIED) return "unspecified";
  return absl::AsciiStrToLower(v1::RerankTier_Name(tier));
}

std::string ToLine(const Json& json) {
  return json.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

}  // namespace nestor
