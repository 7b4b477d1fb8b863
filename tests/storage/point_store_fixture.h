#ifndef NESTOR_TESTS_STORAGE_POINT_STORE_FIXTURE_H_
#define NESTOR_TESTS_STORAGE_POINT_STORE_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "storage/point_store.h"
#include "tests/testing/temp_dir.h"

namespace nestor::testing {

enum class StoreKind { kMemory, kRocksDb };

// An empty store of each kind in turn: what is tested on it is the contract of PointStore.
class PointStoreFixture : public ::testing::TestWithParam<StoreKind> {
 protected:
  PointStoreFixture() {
    if (GetParam() == StoreKind::kMemory) {
      store_ = NewMemoryStore();
    } else {
      store_ = OpenRocksDbStore({.directory = directory_.path()}).value();
    }
  }

  void Apply(const std::vector<storage::CommitRecord>& records) {
    const absl::Status status = store_->Apply(records);
    ASSERT_TRUE(status.ok()) << status;
  }
  std::unique_ptr<StoreSnapshot> Snapshot() const { return store_->GetSnapshot(); }

  TempDir directory_;
  std::unique_ptr<PointStore> store_;
};

// INSTANTIATE_TEST_SUITE_P(Stores, SomeTest, AllStores(), StoreName);
inline auto AllStores() { return ::testing::Values(StoreKind::kMemory, StoreKind::kRocksDb); }
inline std::string StoreName(const ::testing::TestParamInfo<StoreKind>& test) {
  return test.param == StoreKind::kMemory ? "Memory" : "RocksDb";
}

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_STORAGE_POINT_STORE_FIXTURE_H_
