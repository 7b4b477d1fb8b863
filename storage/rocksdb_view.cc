#include "storage/rocksdb_view.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "rocksdb/iterator.h"
#include "rocksdb/options.h"
#include "rocksdb/snapshot.h"
#include "storage/rocksdb_status.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

// Bounds what one read pins: 2 MiB of vectors of 2048 dims.
constexpr size_t kKeysPerRead = 256;
// Scans of points read whole segments: few large reads. Other scans are short, there RocksDB finds
// its own measure.
constexpr size_t kPointsReadaheadBytes = size_t{1} << 20;

class RocksDbView final : public KeyValueView {
 public:
  RocksDbView(rocksdb::DB& db, const FamilyHandles& families)
      : db_(db), families_(families), owner_(&db), snapshot_(owner_.snapshot()) {}

  absl::Status Get(Family family, absl::Span<const std::string> keys,
                   ValueVisitor visit) const override {
    for (size_t first = 0; first < keys.size(); first += kKeysPerRead) {
      NESTOR_RETURN_IF_ERROR(GetSome(family, keys.subspan(first, kKeysPerRead), first, visit));
    }
    return absl::OkStatus();
  }

  absl::Status Scan(Family family, const KeyRange& range, EntryVisitor visit) const override {
    const rocksdb::Slice limit(range.limit);
    rocksdb::ReadOptions options = MakeReadOptions();
    options.iterate_upper_bound = &limit;
    options.total_order_seek = true;
    options.fill_cache = false;  // a scan must not push out what searches read
    if (family == Family::kPoints) options.readahead_size = kPointsReadaheadBytes;
    const std::unique_ptr<rocksdb::Iterator> it(db_.NewIterator(options, Handle(family)));
    for (it->Seek(range.first); it->Valid(); it->Next()) {
      NESTOR_ASSIGN_OR_RETURN(const bool go_on, visit(ToView(it->key()), ToView(it->value())));
      if (!go_on) return absl::OkStatus();
    }
    if (it->status().ok()) return absl::OkStatus();
    return FromRocksDb(it->status(), absl::StrCat("scan ", DescribeKey(family, range.first)));
  }

 private:
  // `first` is the index of keys[0] for the visitor. The values stay where RocksDB has them: in its
  // cache.
  absl::Status GetSome(Family family, absl::Span<const std::string> keys, size_t first,
                       ValueVisitor visit) const {
    const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
    std::vector<rocksdb::PinnableSlice> values(keys.size());
    std::vector<rocksdb::Status> statuses(keys.size());
    db_.MultiGet(MakeReadOptions(), Handle(family), keys.size(), slices.data(), values.data(),
                 statuses.data(), /*sorted_input=*/true);
    for (size_t i = 0; i < keys.size(); ++i) {
      if (!statuses[i].ok() && !statuses[i].IsNotFound()) {
        return FromRocksDb(statuses[i], absl::StrCat("read ", DescribeKey(family, keys[i])));
      }
      const absl::string_view value = ToView(values[i]);
      NESTOR_RETURN_IF_ERROR(visit(first + i, statuses[i].ok() ? &value : nullptr));
    }
    return absl::OkStatus();
  }

  rocksdb::ReadOptions MakeReadOptions() const {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_;
    options.verify_checksums = true;
    return options;
  }

  rocksdb::ColumnFamilyHandle* Handle(Family family) const {
    return families_[static_cast<size_t>(family)];
  }

  rocksdb::DB& db_;
  const FamilyHandles families_;
  rocksdb::ManagedSnapshot owner_;
  const rocksdb::Snapshot* const snapshot_;
};

}  // namespace

std::unique_ptr<const KeyValueView> NewRocksDbView(rocksdb::DB& db, const FamilyHandles& families) {
  return std::make_unique<RocksDbView>(db, families);
}

}  // namespace nestor
