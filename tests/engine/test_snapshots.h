#ifndef NESTOR_TESTS_ENGINE_TEST_SNAPSHOTS_H_
#define NESTOR_TESTS_ENGINE_TEST_SNAPSHOTS_H_

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/engine.h"
#include "engine/snapshots.h"
#include "gtest/gtest.h"
#include "rocksdb/env.h"
#include "storage/payload.pb.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/borrowed_store.h"
#include "tests/testing/random_vectors.h"
#include "tests/testing/temp_dir.h"

namespace nestor::testing {

inline std::string PayloadOf(uint64_t number) {
  storage::PayloadRecord payload;
  storage::PayloadRecord::Field* field = payload.add_fields();
  field->set_name("number");
  field->mutable_value()->set_int_value(static_cast<int64_t>(number));
  return payload.SerializeAsString();
}

// An engine on a store in memory, and its snapshots in a directory of their own.
class SnapshotsFixture : public ::testing::Test {
 protected:
  SnapshotsFixture() { Open(); }
  // Again on the same store and directory, as after a restart.
  void Open() { Open(std::make_unique<BorrowedStore>(*store_), rocksdb::Env::Default()); }
  void Open(std::unique_ptr<PointStore> store, rocksdb::Env* env) {
    snapshots_.reset();
    engine_.reset();
    EngineOptions options;
    options.new_uuid = [this] { return absl::StrCat("uuid-", ++uuids_); };
    options.clock = [this] { return now(); };
    engine_ = ValueOf(Engine::Open(std::move(store), std::move(options)));
    snapshots_ =
        std::make_unique<Snapshots>(*engine_, ValueOf(CheckedDirectories::Open(Root(), env)));
  }

  absl::Time now() const { return absl::FromUnixSeconds(now_seconds_); }
  void Advance(absl::Duration time) { now_seconds_ += absl::ToInt64Seconds(time); }

  std::string Root() const { return directory_.Join("snapshots"); }
  std::string PathOf(const std::string& snapshot, const std::string& file) const {
    return Root() + "/" + snapshot + "/" + file;
  }
  std::vector<std::string> Names() const { return ValueOf(snapshots_->List("")); }
  static std::string Bytes(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void Put(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }

  std::shared_ptr<Collection> Create(const std::string& name, Metric metric = Metric::kCosine,
                                     uint32_t dims = 8) {
    CollectionSpec spec;
    spec.name = name;
    spec.dims = dims;
    spec.metric = metric;
    spec.index_kind = IndexKind::kFlat;  // soon built, with nothing to choose
    spec.prefix_dims = std::min(8u, dims);
    spec.prefix_bits = 8;
    spec.labels = {{"model", "m"}, {"a", "b"}};
    spec.payload_indexes = {{"number", FieldType::kInt}};
    return ValueOf(engine_->CreateCollection(spec, Engine::IfExists::kRefuse));
  }
  // Numbers and strings as ids, some with a payload, some that expire.
  static void Fill(Collection& collection, size_t points, uint64_t seed, absl::Time now) {
    Random random(seed);
    std::vector<NamedVector> batch;
    for (uint64_t i = 0; i < points; ++i) {
      NamedVector& point = batch.emplace_back();
      point.id = i % 3 == 0 ? PointId::FromString(absl::StrCat("point-", i)) : Id(i);
      point.vector = random.GaussianVector(collection.spec().dims);
      if (i % 2 == 0) point.payload = PayloadOf(i);
      if (i % 5 == 0) point.expire_time = now + absl::Hours(1 + static_cast<int64_t>(i));
    }
    const std::vector<UpsertItem> items = ItemsOf(batch);
    ASSERT_TRUE(collection.Upsert(items, WriteMode::kUpsert).ok());
  }
  SnapshotInfo Snapshot(const std::string& collection) {
    return ValueOf(snapshots_->Create(collection, NeverStop));
  }
  absl::Status Verify(const std::string& name) const {
    return snapshots_->Verify(name, NeverStop).status();
  }
  absl::StatusOr<std::shared_ptr<Collection>> Restore(const std::string& name,
                                                      const std::string& collection) {
    return snapshots_->Restore(name, collection, NeverStop);
  }
  // Everything in it but the versions, in the order of ids.
  static std::vector<FoundPoint> Points(const Collection& collection) {
    ScrollPage page = ValueOf(collection.Scroll(
        PointId(), 1'000'000, {.payload = true, .vector = true}, nullptr, NeverStop));
    return std::move(page.points);
  }
  static void ExpectSamePoints(const std::vector<FoundPoint>& a, const std::vector<FoundPoint>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) {
      EXPECT_EQ(a[i].id, b[i].id);
      EXPECT_EQ(a[i].vector, b[i].vector);
      EXPECT_EQ(a[i].payload, b[i].payload);
      EXPECT_EQ(a[i].expire_time, b[i].expire_time);
    }
  }

  const TempDir directory_;
  const std::unique_ptr<PointStore> store_ = NewMemoryStore();
  std::atomic<int64_t> now_seconds_{1700000000};  // background threads look at the clock as well
  int uuids_ = 0;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Snapshots> snapshots_;
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_ENGINE_TEST_SNAPSHOTS_H_
