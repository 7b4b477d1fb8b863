#ifndef NESTOR_CLIENT_JSON_H_
#define NESTOR_CLIENT_JSON_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "nestor/v1/collections.pb.h"
#include "nestor/v1/common.pb.h"
#include "nestor/v1/points.pb.h"
#include "nestor/v1/server.pb.h"
#include "nestor/v1/snapshots.pb.h"

namespace nestor {

// Messages as JSON for people and scripts: keys in a fixed order, 64-bit integers exact, and floats
// as a decimal that reads back as the same float (mostly the shortest one). What JSON cannot say
// (NaN, infinities) is null.
using Json = nlohmann::ordered_json;

Json FloatToJson(float value);

// A number for a numeric id, a string for a string id: 7 and "7" are different points.
Json IdToJson(const v1::PointId& id);

// Times are RFC 3339 strings, fields are sorted by name.
Json ValueToJson(const v1::Value& value);
Json PayloadToJson(const v1::Payload& payload);

// {"id":7,"score":0.9,"distance":0.1,"payload":{...}}, and "vector":[...] when the hit has one.
// The payload is there even when it is empty.
absl::StatusOr<Json> HitToJson(const v1::Hit& hit);

// {"id":7,"version":3,"payload":{...}}, and "expire_time":"...", "vector":[...] when the point has
// them.
absl::StatusOr<Json> PointToJson(const v1::Point& point);

// {"row":0,"hits":[...],"stats":{...}}; `row` counts the queries. The stats are
// {"complete":true,"estimated_recall":0.97} (null when the server gave none), "certified",
// "stop_reason", "reasons":[...] when there are some, and for an explained search "plan",
// "queue_us", "total_us" and "stages", each
// {"name","dims","candidates_in","candidates_out","bytes_read","time_us"}. A query that failed has
// "error":{"code":"...","message":"..."} as well.
absl::StatusOr<Json> SearchRowToJson(uint64_t row, const v1::SearchResponse& response);

Json CollectionToJson(const v1::Collection& collection);
// With "problem" instead of the numbers if it cannot be read.
Json SnapshotToJson(const v1::Snapshot& snapshot);
Json CollectionStatsToJson(const v1::CollectionStats& stats);
Json RecallToJson(const v1::MeasureRecallResponse& report);
Json AdviceToJson(const v1::Advice& advice);
// CPU times in seconds.
Json ServerInfoToJson(const v1::ServerInfo& info);

// "cosine", "hnsw", "int8": the words of the command line; "unspecified" for what is not set.
std::string MetricName(v1::Collection::Metric metric);
std::string TransformName(v1::Collection::Transform transform);
std::string IndexName(const v1::ShortlistIndex& index);
std::string RerankTierName(v1::RerankTier tier);

// One line without a newline. Strings that are not UTF-8 get replacement characters.
std::string ToLine(const Json& json);

}  // namespace nestor

#endif  // NESTOR_CLIENT_JSON_H_
