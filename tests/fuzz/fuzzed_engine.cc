#include "tests/fuzz/fuzzed_engine.h"

#include <atomic>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/text_format.h"
#include "server/collections_handler.h"
#include "server/points_handler.h"
#include "storage/check.h"
#include "storage/point_store.h"

namespace nestor::testing {
namespace {

constexpr uint64_t kPoints = 32;
constexpr uint64_t kIndexedPoints = 18;  // FAISS allocates megabytes to look at 20 or more

constexpr char kDocs[] = R"(
  collection {
    name: "docs" dims: 8 metric: COSINE matryoshka_dims: [ 2, 4, 8 ] prefix_code { dims: 4 }
    index { hnsw { m: 4 ef_construction: 16 } }
    payload_indexes { field: "section" type: KEYWORD }
    payload_indexes { field: "size" type: INT }
    payload_indexes { field: "rating" type: DOUBLE }
    payload_indexes { field: "free" type: BOOL }
    payload_indexes { field: "changed" type: TIME }
    payload_indexes { field: "author.name" type: KEYWORD }
  })";

constexpr char kImages[] = R"(
  collection {
    name: "images" dims: 8 metric: L2 index { ivf { lists: 2 } } rerank_tier: FLOAT32
    payload_indexes { field: "section" type: KEYWORD }
    payload_indexes { field: "size" type: INT }
    search_defaults { time_budget { nanos: 50000 } }
    indexed_filters_only: true
  })";

constexpr char kSounds[] = R"(collection { name: "sounds" dims: 2 metric: DOT index { flat {} } })";

constexpr char kSound[] = R"(
  collection: "sounds"
  points { id { num: 1 } vector { values: [ 1, 0 ] } })";

template <typename Message>
Message FromText(const char* text) {
  Message message;
  NESTOR_CHECK(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

v1::PointId IdOf(uint64_t number) {
  v1::PointId id;
  if (number % 2 == 0) {
    id.set_num(number);
  } else {
    id.set_str(absl::StrCat("point-", number));
  }
  return id;
}

// Every field is missing, null or a list in some point.
v1::Payload PayloadOf(uint64_t number) {
  static constexpr const char* kSections[] = {"games", "net", "doc", "libs", "games/arcade"};
  v1::Payload payload;
  auto& fields = *payload.mutable_fields();
  if (number % 7 != 0) fields["section"].set_string_value(kSections[number % 5]);
  if (number % 8 != 1) fields["size"].set_int_value(static_cast<int64_t>(number) * 10 - 50);
  if (number % 8 != 2) fields["rating"].set_double_value(static_cast<double>(number) / 4);
  if (number % 3 != 0) fields["free"].set_bool_value(number % 2 == 0);
  if (number % 5 == 4) fields["removed"];
  fields["changed"].mutable_time_value()->set_seconds(1700000000 + static_cast<int64_t>(number));
  for (uint64_t tag = 0; tag < number % 4; ++tag) {
    fields["tags"].mutable_list_value()->add_items()->set_string_value(absl::StrCat("tag-", tag));
  }
  auto& author = *fields["author"].mutable_object_value()->mutable_fields();
  author["name"].set_string_value(absl::StrCat("author-", number % 6));
  return payload;
}

v1::Point PointOf(uint64_t number) {
  v1::Point point;
  *point.mutable_id() = IdOf(number);
  for (uint64_t i = 0; i < 8; ++i) {
    point.mutable_vector()->add_values(static_cast<float>((number * 37 + i * 11) % 23) - 11);
  }
  *point.mutable_payload() = PayloadOf(number);
  return point;
}

void Upsert(Engine& engine, const v1::UpsertRequest& request) {
  v1::WriteResponse response;
  NESTOR_CHECK(HandleUpsert(engine, request, &response).ok());
  NESTOR_CHECK(response.errors().empty());
}

void WaitForIndex(Engine& engine, const std::string& collection) {
  v1::WaitForIndexRequest request;
  request.set_name(collection);
  const absl::StatusOr<CollectionWait> wait = StartWaitForIndex(engine, request);
  NESTOR_CHECK(wait.ok());
  while (!wait->is_over(*wait->collection).value()) absl::SleepFor(absl::Microseconds(20));
}

void AddPoints(Engine& engine, const std::string& collection, uint64_t begin, uint64_t end) {
  v1::UpsertRequest request;
  request.set_collection(collection);
  for (uint64_t i = begin; i < end; ++i) *request.add_points() = PointOf(i);
  Upsert(engine, request);
}

void DeletePoints(Engine& engine, const std::string& collection) {
  v1::DeleteRequest request;
  request.set_collection(collection);
  for (uint64_t i : {3, 8, 20}) *request.mutable_selector()->mutable_ids()->add_ids() = IdOf(i);
  v1::WriteResponse response;
  const auto never_stop = [] { return absl::OkStatus(); };
  NESTOR_CHECK(HandleDelete(engine, request, never_stop, &response).ok());
}

}  // namespace

struct FuzzedEngine::TickingClock {
  std::atomic<int64_t> looks{0};
};

FuzzedEngine::FuzzedEngine() : clock_(std::make_unique<TickingClock>()) { Renew(); }
FuzzedEngine::~FuzzedEngine() = default;

void FuzzedEngine::RestartClock() { clock_->looks = 0; }

void FuzzedEngine::Renew() {
  engine_ = nullptr;
  RestartClock();
  EngineOptions options;
  options.clock = [clock = clock_.get()] {
    return absl::FromUnixSeconds(1700000000) + absl::Microseconds(++clock->looks);
  };
  options.new_uuid = [next = 0]() mutable {
    return absl::StrCat("00000000-0000-4000-8000-00000000000", next++ % 10);
  };
  absl::StatusOr<std::unique_ptr<Engine>> engine = Engine::Open(NewMemoryStore(), options);
  NESTOR_CHECK(engine.ok());
  engine_ = *std::move(engine);
  for (const char* text : {kDocs, kImages, kSounds}) {
    v1::Collection response;
    NESTOR_CHECK(
        HandleCreateCollection(*engine_, FromText<v1::CreateCollectionRequest>(text), &response)
            .ok());
  }
  for (const char* name : {"docs", "images"}) AddPoints(*engine_, name, 0, kIndexedPoints);
  for (const char* name : {"docs", "images"}) WaitForIndex(*engine_, name);
  for (const char* name : {"docs", "images"}) {
    AddPoints(*engine_, name, kIndexedPoints, kPoints);
    DeletePoints(*engine_, name);
  }
  Upsert(*engine_, FromText<v1::UpsertRequest>(kSound));
}

}  // namespace nestor::testing
