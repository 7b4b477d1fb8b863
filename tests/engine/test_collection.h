#ifndef NESTOR_TESTS_ENGINE_TEST_COLLECTION_H_
#define NESTOR_TESTS_ENGINE_TEST_COLLECTION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/collection.h"
#include "engine/prefix_choice.h"
#include "gtest/gtest.h"
#include "storage/check.h"
#include "storage/point_store.h"
#include "storage/status_macros.h"

namespace nestor::testing {

// Takes the value out of a StatusOr, or ends the test program with its message.
template <typename T>
T ValueOf(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::fprintf(stderr, "unexpected: %s\n", value.status().ToString().c_str());
    std::abort();
  }
  return *std::move(value);
}

inline PointId Id(uint64_t number) { return PointId::FromNumber(number); }

inline absl::Status NeverStop() { return absl::OkStatus(); }

inline absl::StatusOr<SearchResult> SearchOf(const Collection& collection,
                                             const SearchRequest& request,
                                             StopCheck stop = NeverStop) {
  SearchResult result;
  NESTOR_RETURN_IF_ERROR(collection.Search(request, stop, &result));
  return result;
}

inline const char* NameOf(IndexKind kind) {
  return kind == IndexKind::kFlat ? "Flat" : kind == IndexKind::kHnsw ? "Hnsw" : "Ivf";
}

// A spec as the engine resolves it when a collection is created.
inline ResolvedSpec Resolve(const CollectionSpec& spec) {
  storage::CollectionRecord record = ToRecord(spec);
  record.set_number(1);
  return FromRecord(record);
}

// What the first segments of a collection are coded with.
inline std::shared_ptr<const PrefixCoder> FirstCoder(const ResolvedSpec& spec) {
  return std::make_shared<const PrefixCoder>(PrefixFormat(spec));
}

// Inputs merged into one segment in memory.
inline std::shared_ptr<const Segment> Merge(const ResolvedSpec& spec,
                                            absl::Span<const MergeInput> inputs) {
  const MergedSegment merged = ValueOf(MergeSegments(spec, inputs, {}));
  if (merged.segment != nullptr) NESTOR_CHECK(CopyTier(spec, merged).ok());
  return merged.segment;
}

struct NamedVector {
  PointId id;
  std::vector<float> vector;
  std::string payload = "";
  absl::Time expire_time = absl::InfiniteFuture();
};

inline std::vector<UpsertItem> ItemsOf(const std::vector<NamedVector>& points) {
  std::vector<UpsertItem> items;
  for (const NamedVector& point : points)
    items.push_back({point.id, point.vector, point.payload, point.expire_time});
  return items;
}

// One collection without an engine around it: background work happens when the test says so.
class TestCollection {
 public:
  explicit TestCollection(const CollectionSpec& spec) : TestCollection(spec, NewMemoryStore()) {}
  TestCollection(const TestCollection&) = delete;  // the clock looks at this one
  TestCollection& operator=(const TestCollection&) = delete;
  TestCollection(const CollectionSpec& spec, std::unique_ptr<PointStore> store)
      : spec_(spec), store_(std::move(store)) {
    if (spec_.name.empty()) spec_.name = "docs";
    storage::CommitRecord create;
    create.set_format(kCommitFormat);
    create.set_collection(1);
    *create.mutable_create() = ToRecord(spec_);
    create.mutable_create()->set_number(1);
    create.mutable_create()->set_uuid("the only one");
    NESTOR_CHECK(store_->Apply({create}).ok());
    Reopen();
  }

  // As after a restart: everything in memory is thrown away.
  void Reopen() {
    collection_.reset();
    ResolvedSpec spec = Resolve(spec_);
    spec.uuid = "the only one";
    collection_ = ValueOf(Collection::Recover(
        std::move(spec),
        {.store = *store_,
         .clock = clock,
         .work_due = [] {},
         .calibrates_itself = calibrates_itself,
         .audit_share = audit_share,
         .files = files,
         .disk_used = [this] { return disk_used; },
         .settles_after = settles_after,
         .most_copied_bytes = most_copied_bytes,
         .log_error = [this](absl::string_view text) { log.emplace_back(text); }}));
  }

  Collection& operator*() { return *collection_; }
  Collection* operator->() { return collection_.get(); }
  PointStore& store() { return *store_; }
  // Points that the store has, expired ones too.
  size_t StoredPoints() const {
    size_t points = 0;
    NESTOR_CHECK(store_->GetSnapshot()
                     ->ScanIds(CollectionNumber{1}, PointId(),
                               [&](const PointId&, Row) { return ++points > 0; })
                     .ok());
    return points;
  }

  size_t Tombstones() const {
    size_t rows = 0;
    NESTOR_CHECK(store_->GetSnapshot()
                     ->ScanTombstones(CollectionNumber{1}, [&](Row) { return ++rows > 0; })
                     .ok());
    return rows;
  }

  WriteResult Upsert(const std::vector<NamedVector>& points, WriteMode mode = WriteMode::kUpsert) {
    const std::vector<UpsertItem> items = ItemsOf(points);
    return ValueOf(collection_->Upsert(items, mode));
  }
  WriteResult Delete(const std::vector<PointId>& ids) { return ValueOf(collection_->Delete(ids)); }
  SearchResult Search(const SearchRequest& request) {
    return ValueOf(SearchOf(*collection_, request));
  }
  // Turns everything written so far into one segment without its index.
  void Seal() {
    (void)ValueOf(collection_->SealWrites());
    while (collection_->SealOnce()) {
    }
  }
  // Seals, and merges until nothing is due.
  void Index() {
    Seal();
    while (ValueOf(collection_->MergeOnce(1))) {
    }
    while (IndexPayloads()) {
    }
  }
  // True if there was something to do.
  bool IndexPayloads() {
    Collection::FailedSegments failed;
    return ValueOf(collection_->IndexPayloadsOnce(&failed));
  }

  // Where segments are kept from the next Reopen on, if anywhere.
  const CheckedFiles* files = nullptr;
  bool calibrates_itself = true;                            // from the next Reopen on
  double audit_share = 0;                                   // the same
  absl::Duration settles_after = absl::InfiniteDuration();  // the same
  uint64_t most_copied_bytes = uint64_t{256} << 20;         // the same
  double disk_used = 0;
  std::vector<std::string> log;  // of errors

  // What `clock` says; does not move on its own.
  absl::Time now = absl::FromUnixSeconds(1700000000);
  // Added by each look at the clock.
  absl::Duration tick = absl::ZeroDuration();
  // The time that the collection goes by.
  Clock clock = [this] {
    now += tick;
    return now;
  };

 private:
  CollectionSpec spec_;
  std::unique_ptr<PointStore> store_;
  std::unique_ptr<Collection> collection_;
};

inline std::vector<PointId> IdsOf(const SearchResult& result) {
  std::vector<PointId> ids;
  for (const Hit& hit : result.hits) ids.push_back(hit.id);
  return ids;
}

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_ENGINE_TEST_COLLECTION_H_
