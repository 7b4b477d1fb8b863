#include <memory>
#include <string>
#include <vector>

#include "storage/apply_record.h"
#include "storage/check_records.h"
#include "storage/key_value_view.h"
#include "storage/keys.h"
#include "storage/point_store.h"
#include "storage/status_macros.h"
#include "storage/store_snapshot.h"
#include "storage/versioned_map.h"

namespace nestor {
namespace {

class MemoryView final : public KeyValueView {
 public:
  explicit MemoryView(VersionedMap& map) : map_(map), version_(map.Pin()) {}
  ~MemoryView() override { map_.Unpin(version_); }

  absl::Status Get(Family family, absl::Span<const std::string> keys,
                   ValueVisitor visit) const override {
    const auto values = map_.Get(version_, family, keys);
    for (size_t i = 0; i < values.size(); ++i) {
      const absl::string_view bytes = values[i] ? *values[i] : absl::string_view();
      NESTOR_RETURN_IF_ERROR(visit(i, values[i] ? &bytes : nullptr));
    }
    return absl::OkStatus();
  }

  absl::Status Scan(Family family, const KeyRange& range, EntryVisitor visit) const override {
    constexpr size_t kEntriesPerLock = 256;
    KeyRange rest = range;
    while (true) {
      const auto entries = map_.Scan(version_, family, rest, kEntriesPerLock);
      for (const auto& [key, value] : entries) {
        NESTOR_ASSIGN_OR_RETURN(const bool go_on, visit(key, *value));
        if (!go_on) return absl::OkStatus();
      }
      if (entries.size() < kEntriesPerLock) return absl::OkStatus();
      rest.first = entries.back().first + '\0';  // the very next key
    }
  }

 private:
  VersionedMap& map_;
  const VersionedMap::Version version_;
};

class MemoryStore final : public PointStore {
 public:
  absl::Status Apply(absl::Span<const storage::CommitRecord> records) override {
    NESTOR_RETURN_IF_ERROR(CheckRecords(records));
    map_.Apply([&](VersionedMap::Sink sink) {
      for (const auto& record : records) ApplyRecord(record, sink);
    });
    return absl::OkStatus();
  }

  absl::Status Writable() const override { return absl::OkStatus(); }
  absl::Status VerifyFiles() const override { return absl::OkStatus(); }

  std::unique_ptr<StoreSnapshot> GetSnapshot() const override {
    return NewStoreSnapshot(std::make_unique<MemoryView>(map_));
  }

  uint64_t DiskBytes(CollectionNumber collection) const override {
    uint64_t bytes = 0;
    for (const Family family : kCollectionFamilies)
      bytes += map_.Bytes(family, CollectionRange(collection));
    return bytes;
  }

 private:
  mutable VersionedMap map_;  // a snapshot pins a version in it
};

}  // namespace

std::unique_ptr<PointStore> NewMemoryStore() { return std::make_unique<MemoryStore>(); }

}  // namespace nestor
