#ifndef NESTOR_TESTS_TESTING_BORROWED_STORE_H_
#define NESTOR_TESTS_TESTING_BORROWED_STORE_H_

#include <memory>

#include "storage/point_store.h"

namespace nestor::testing {

// A store that outlives the engine that owns this one: how a test opens an engine again on a store
// in memory.
class BorrowedStore : public PointStore {
 public:
  explicit BorrowedStore(PointStore& store) : store_(store) {}

  absl::Status Apply(absl::Span<const storage::CommitRecord> records) override {
    return store_.Apply(records);
  }
  absl::Status Writable() const override { return store_.Writable(); }
  absl::Status VerifyFiles() const override { return store_.VerifyFiles(); }
  std::unique_ptr<StoreSnapshot> GetSnapshot() const override { return store_.GetSnapshot(); }
  uint64_t DiskBytes(CollectionNumber collection) const override {
    return store_.DiskBytes(collection);
  }

 private:
  PointStore& store_;
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_TESTING_BORROWED_STORE_H_
