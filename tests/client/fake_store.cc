#include "tests/client/fake_store.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/half.h"
#include "nestor/rpc/status.pb.h"
#include "tests/client/status_details.h"

namespace nestor::testing {
namespace {

grpc::Status NoCollection(const std::string& name) {
  return {grpc::StatusCode::NOT_FOUND, absl::StrCat("collection '", name, "' does not exist")};
}

double Score(v1::Collection::Metric metric, const v1::Vector& a, const v1::Vector& b) {
  double dot = 0, aa = 0, bb = 0, l2 = 0;
  for (int i = 0; i < a.values_size(); ++i) {
    const double x = a.values(i), y = b.values(i);
    dot += x * y;
    aa += x * x;
    bb += y * y;
    l2 += (x - y) * (x - y);
  }
  if (metric == v1::Collection::L2) return -std::sqrt(l2);
  return metric == v1::Collection::DOT ? dot : dot / std::sqrt(aa * bb);
}

float Distance(v1::Collection::Metric metric, double score) {
  return static_cast<float>(metric == v1::Collection::COSINE ? 1 - score : -score);
}

// Row `row` of a matrix, or the vector itself, as `values`.
v1::Vector Plain(const v1::Vector& vector) {
  v1::Vector plain;
  const auto components = DecodeVector(vector).value();
  plain.mutable_values()->Add(components.begin(), components.end());
  return plain;
}
v1::Vector PlainRow(const v1::Matrix& matrix, uint32_t row) {
  const uint64_t bytes = uint64_t{matrix.dims()} * EncodingBytes(matrix.encoding());
  v1::Vector vector;
  vector.set_packed(matrix.packed().substr(row * bytes, bytes));
  vector.set_encoding(matrix.encoding());
  return Plain(vector);
}

std::vector<v1::Point> PointsOf(const v1::UpsertRequest& request) {
  std::vector<v1::Point> points(request.points().begin(), request.points().end());
  for (v1::Point& point : points) *point.mutable_vector() = Plain(point.vector());
  const v1::ColumnBatch& columns = request.columns();
  for (int i = 0; i < columns.ids_size(); ++i) {
    v1::Point point;
    *point.mutable_id() = columns.ids(i);
    *point.mutable_vector() = PlainRow(columns.vectors(), static_cast<uint32_t>(i));
    if (!columns.payloads().empty()) *point.mutable_payload() = columns.payloads(i);
    if (!columns.expire_times().empty()) *point.mutable_expire_time() = columns.expire_times(i);
    points.push_back(point);
  }
  return points;
}

v1::Point Selected(const v1::Point& point, const v1::Select& select) {
  v1::Point selected = point;
  if (!select.payload()) selected.clear_payload();
  if (!select.vector()) selected.clear_vector();
  return selected;
}

using ScoredPoints = std::vector<std::pair<double, const v1::Point*>>;  // by -score

void AddHits(const ScoredPoints& scored, const v1::SearchRequest& request,
             v1::Collection::Metric metric, v1::SearchResponse& response) {
  for (const auto& [negative, point] : scored) {
    v1::Hit& hit = *response.add_hits();
    *hit.mutable_id() = point->id();
    hit.set_score(static_cast<float>(-negative));
    hit.set_distance(Distance(metric, -negative));
    if (request.select().payload()) *hit.mutable_payload() = point->payload();
  }
}

void AddStats(const FakeCollection& collection, const v1::SearchRequest& request,
              v1::SearchResponse& response) {
  response.mutable_completeness()->set_complete(true);
  response.mutable_completeness()->set_certified(true);
  response.mutable_completeness()->set_stop_reason(v1::Completeness::EVERY_ROW);
  response.mutable_completeness()->set_estimated_recall(
      request.plan().has_adaptive() ? request.plan().adaptive().recall_target() : 1.0F);
  if (!request.explain()) return;
  const std::string scores = request.estimated_scores() ? ", estimated scores" : "";
  response.mutable_stats()->set_plan((request.plan().has_exact() ? "exact" : "adaptive") + scores);
  v1::StageStats& stage = *response.mutable_stats()->add_stages();
  stage.set_name("exact");
  stage.set_dims(collection.spec.dims());
  stage.set_candidates_in(static_cast<uint32_t>(collection.points.size()));
  stage.set_candidates_out(static_cast<uint32_t>(response.hits_size()));
}

}  // namespace

bool HasNan(const v1::Vector& vector) {
  const std::vector<float> components = DecodeVector(vector).value();
  return std::any_of(components.begin(), components.end(),
                     [](float component) { return std::isnan(component); });
}

FakeCollection* FakeStore::Find(const std::string& name) {
  const auto found = collections_.find(name);
  return found == collections_.end() ? nullptr : &found->second;
}

grpc::Status FakeStore::Create(const v1::CreateCollectionRequest& request,
                               v1::Collection& response) {
  absl::MutexLock lock(&mutex_);
  const std::string& name = request.collection().name();
  if (FakeCollection* existing = Find(name); existing != nullptr) {
    if (!request.allow_existing()) return {grpc::StatusCode::ALREADY_EXISTS, name + " exists"};
    response = existing->spec;
    return grpc::Status::OK;
  }
  collections_[name].spec = request.collection();
  collections_[name].spec.set_state(v1::Collection::READY);
  response = collections_[name].spec;
  return grpc::Status::OK;
}

grpc::Status FakeStore::Describe(const std::string& name, v1::Collection& response) {
  absl::MutexLock lock(&mutex_);
  const FakeCollection* collection = Find(name);
  if (collection == nullptr) return NoCollection(name);
  response = collection->spec;
  return grpc::Status::OK;
}

// One collection per page, so that every reader of more than one must turn pages.
void FakeStore::List(const v1::ListCollectionsRequest& request,
                     v1::ListCollectionsResponse& response) {
  absl::MutexLock lock(&mutex_);
  const auto at = collections_.upper_bound(request.page_token());
  if (at == collections_.end()) return;
  *response.add_collections() = at->second.spec;
  if (std::next(at) != collections_.end()) response.set_next_page_token(at->first);
}

grpc::Status FakeStore::Drop(const v1::DeleteCollectionRequest& request) {
  absl::MutexLock lock(&mutex_);
  if (collections_.erase(request.name()) == 1 || request.allow_missing()) return grpc::Status::OK;
  return NoCollection(request.name());
}

grpc::Status FakeStore::Stats(const std::string& name, v1::CollectionStats& response) {
  absl::MutexLock lock(&mutex_);
  const FakeCollection* collection = Find(name);
  if (collection == nullptr) return NoCollection(name);
  response.set_points(collection->points.size());
  response.set_durable_sequence(sequence_);
  response.set_segments(1);
  return grpc::Status::OK;
}

grpc::Status FakeStore::UpsertFault(const FakeCollection& collection) {
  if (failing_upserts_ > 0) {
    --failing_upserts_;
    return upsert_fault_;
  }
  return collection.points.size() >= fail_from_points_ ? fail_from_fault_ : grpc::Status::OK;
}

// As the server refuses a batch of which it can write nothing.
grpc::Status NoGoodPoint(const v1::WriteResponse& response) {
  rpc::BadRequest bad;
  for (const v1::ItemError& error : response.errors()) {
    rpc::BadRequest::FieldViolation& violation = *bad.add_field_violations();
    violation.set_field(error.field());
    violation.set_description(error.message());
  }
  return WithDetail(grpc::StatusCode::INVALID_ARGUMENT, "no good point", "BadRequest", bad);
}

grpc::Status FakeStore::Upsert(const v1::UpsertRequest& request, v1::WriteResponse& response) {
  absl::MutexLock lock(&mutex_);
  FakeCollection* collection = Find(request.collection());
  if (collection == nullptr) return NoCollection(request.collection());
  if (grpc::Status fault = UpsertFault(*collection); !fault.ok()) return fault;
  const std::vector<v1::Point> points = PointsOf(request);
  most_points_in_upsert_ = std::max<uint64_t>(most_points_in_upsert_, points.size());
  last_encoding_ = request.columns().vectors().encoding();
  response.set_sequence(++sequence_);
  for (size_t i = 0; i < points.size(); ++i) {
    if (HasNan(points[i].vector())) {
      v1::ItemError& error = *response.add_errors();
      error.set_index(static_cast<uint32_t>(i));
      *error.mutable_id() = points[i].id();
      error.set_code(grpc::StatusCode::INVALID_ARGUMENT);
      error.set_field(absl::StrCat("columns.vectors[", i, "]"));
      error.set_message("component is NaN");
      continue;
    }
    v1::Point& stored = collection->points[points[i].id().SerializeAsString()];
    stored = points[i];
    stored.set_version(sequence_);
    response.set_affected(response.affected() + 1);
  }
  return response.affected() > 0 ? grpc::Status::OK : NoGoodPoint(response);
}

grpc::Status FakeStore::UpdatePayload(const v1::UpdatePayloadRequest& request,
                                      v1::WriteResponse& response) {
  absl::MutexLock lock(&mutex_);
  FakeCollection* collection = Find(request.collection());
  if (collection == nullptr) return NoCollection(request.collection());
  for (const v1::PointId& id : request.selector().ids().ids()) {
    const auto point = collection->points.find(id.SerializeAsString());
    if (point == collection->points.end()) {
      v1::ItemError& error = *response.add_errors();
      *error.mutable_id() = id;
      error.set_code(grpc::StatusCode::NOT_FOUND);
      error.set_message("no such id");
      continue;
    }
    if (request.has_expire_time()) *point->second.mutable_expire_time() = request.expire_time();
    auto& fields = *point->second.mutable_payload()->mutable_fields();
    for (const auto& [name, value] : request.set().fields()) fields[name] = value;
    for (const std::string& name : request.remove()) fields.erase(name);
    response.set_affected(response.affected() + 1);
  }
  response.set_sequence(++sequence_);
  return grpc::Status::OK;
}

grpc::Status FakeStore::Delete(const v1::DeleteRequest& request, v1::WriteResponse& response) {
  absl::MutexLock lock(&mutex_);
  FakeCollection* collection = Find(request.collection());
  if (collection == nullptr) return NoCollection(request.collection());
  for (const v1::PointId& id : request.selector().ids().ids()) {
    response.set_affected(response.affected() + collection->points.erase(id.SerializeAsString()));
  }
  response.set_sequence(++sequence_);
  return grpc::Status::OK;
}

grpc::Status FakeStore::Get(const v1::GetRequest& request, v1::GetResponse& response) {
  absl::MutexLock lock(&mutex_);
  FakeCollection* collection = Find(request.collection());
  if (collection == nullptr) return NoCollection(request.collection());
  for (const v1::PointId& id : request.ids()) {
    const auto point = collection->points.find(id.SerializeAsString());
    if (point == collection->points.end()) {
      *response.add_missing() = id;
    } else {
      *response.add_points() = Selected(point->second, request.select());
    }
  }
  return grpc::Status::OK;
}

grpc::Status FakeStore::Count(const v1::CountRequest& request, v1::CountResponse& response) {
  absl::MutexLock lock(&mutex_);
  FakeCollection* collection = Find(request.collection());
  if (collection == nullptr) return NoCollection(request.collection());
  response.set_count(collection->points.size());
  return grpc::Status::OK;
}

grpc::Status FakeStore::Scroll(const v1::ScrollRequest& request, v1::ScrollResponse& response) {
  absl::MutexLock lock(&mutex_);
  FakeCollection* collection = Find(request.collection());
  if (collection == nullptr) return NoCollection(request.collection());
  for (auto at = collection->points.upper_bound(request.page_token());
       at != collection->points.end(); ++at) {
    *response.add_points() = Selected(at->second, request.select());
    if (static_cast<uint32_t>(response.points_size()) == request.page_size()) {
      response.set_next_page_token(at->first);
      break;
    }
  }
  return grpc::Status::OK;
}

grpc::Status FakeStore::Search(const v1::SearchRequest& request, v1::SearchResponse& response) {
  absl::MutexLock lock(&mutex_);
  FakeCollection* collection = Find(request.collection());
  if (collection == nullptr) return NoCollection(request.collection());
  const std::string like = request.has_like() ? request.like().SerializeAsString() : "";
  v1::Vector query;
  if (request.has_like()) {
    const auto point = collection->points.find(like);
    if (point == collection->points.end()) return {grpc::StatusCode::NOT_FOUND, "no such point"};
    query = point->second.vector();
  } else {
    query = Plain(request.vector());
  }
  ScoredPoints scored;  // best first
  for (const auto& [key, point] : collection->points) {
    if (request.has_like() && key == like) continue;
    scored.emplace_back(-Score(collection->spec.metric(), query, point.vector()), &point);
  }
  std::sort(scored.begin(), scored.end());
  scored.resize(std::min<size_t>(scored.size(), request.limit()));
  AddHits(scored, request, collection->spec.metric(), response);
  AddStats(*collection, request, response);
  return grpc::Status::OK;
}

void FakeStore::FailUpserts(int count, const grpc::Status& status) {
  absl::MutexLock lock(&mutex_);
  failing_upserts_ = count;
  upsert_fault_ = status;
}

void FakeStore::FailUpsertsFrom(size_t points, const grpc::Status& status) {
  absl::MutexLock lock(&mutex_);
  fail_from_points_ = points;
  fail_from_fault_ = status;
}

uint64_t FakeStore::most_points_in_upsert() const {
  absl::MutexLock lock(&mutex_);
  return most_points_in_upsert_;
}

v1::Vector::Encoding FakeStore::last_encoding() const {
  absl::MutexLock lock(&mutex_);
  return last_encoding_;
}

}  // namespace nestor::testing
