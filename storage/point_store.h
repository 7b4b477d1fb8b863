#ifndef NESTOR_STORAGE_POINT_STORE_H_
#define NESTOR_STORAGE_POINT_STORE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/records.pb.h"
#include "storage/types.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

// The durable truth: points, payloads, ids, expiries and tombstones of every collection. It knows
// bytes and rows, nothing of vectors' meaning or of indexes; whatever else the server holds in
// memory is derived from here.
//
//   auto store = OpenRocksDbStore({.directory = "/data"}).value();
//   store->Apply({record});                        // durable when it returns OK
//   auto snapshot = store->GetSnapshot();          // sees `record`, and nothing later
//   snapshot->ReadPoints(number, rows, [](size_t i, const StoredPoint* point) { ... });

namespace nestor {

inline constexpr uint32_t kCommitFormat = 1;

// One stored version of a point. Views into the store's memory: valid only inside the callback that
// got it.
struct StoredPoint {
  Row row = kNoRow;
  absl::string_view id;      // PointId::encoded()
  Sequence sequence{};       // of the write that made this version
  absl::string_view vector;  // float32, little-endian; any alignment
};

// A consistent state of the whole store: later writes are invisible to it. Cheap to take; holds
// back the reclaiming of what was deleted since, so let go of it when a newer one does as well.
//
// Every read returns DataLossError naming the key when a stored value fails its checksum, and
// UnavailableError or InternalError when the disk fails.
//
// Thread safety: thread-safe. Must not outlive its store.
class StoreSnapshot {
 public:
  virtual ~StoreSnapshot() = default;

  // All collections, by name.
  virtual absl::StatusOr<std::vector<storage::CollectionRecord>> ListCollections() const = 0;
  // Those whose restore has not ended, by number; none of them is among the others.
  virtual absl::StatusOr<std::vector<storage::CollectionRecord>> ListRestoring() const = 0;
  // The greatest number that a collection was ever created with, dropped ones included; 0 if there
  // was none.
  virtual absl::StatusOr<CollectionNumber> LastCollectionNumber() const = 0;
  // Zeros when nothing was written to the collection yet.
  virtual absl::StatusOr<storage::AppliedRecord> Applied(CollectionNumber collection) const = 0;
  // Empty when none was written yet.
  virtual absl::StatusOr<storage::ManifestRecord> Manifest(CollectionNumber collection) const = 0;

  using PointVisitor = absl::FunctionRef<void(size_t index, const StoredPoint* point)>;
  // Calls `visit` once for each position of `rows`, in any order, with null for a row that is not
  // there. `rows` may be unsorted and may repeat: each distinct row is read once. One batched read.
  virtual absl::Status ReadPoints(CollectionNumber collection, absl::Span<const Row> rows,
                                  PointVisitor visit) const = 0;
  // payloads->at(i) is the payload of rows[i], empty if it has none. Repeats as above.
  virtual absl::Status ReadPayloads(CollectionNumber collection, absl::Span<const Row> rows,
                                    std::vector<std::string>* payloads) const = 0;
  // rows->at(i) is the live row of ids[i], kNoRow if there is none. Repeats as above.
  virtual absl::Status FindRows(CollectionNumber collection, absl::Span<const PointId> ids,
                                std::vector<Row>* rows) const = 0;

  // Live points with first <= row < limit, ascending, until `visit` returns false.
  virtual absl::Status ScanPoints(
      CollectionNumber collection, Row first, Row limit,
      absl::FunctionRef<bool(const StoredPoint& point)> visit) const = 0;
  // Live ids greater than `after` (an empty PointId: from the first), ascending, until `visit`
  // returns false.
  virtual absl::Status ScanIds(CollectionNumber collection, const PointId& after,
                               absl::FunctionRef<bool(const PointId& id, Row row)> visit) const = 0;
  // Live rows that expire, ascending, with their times: microseconds since 1970, UTC.
  virtual absl::Status ScanExpiries(
      CollectionNumber collection,
      absl::FunctionRef<bool(Row row, int64_t expire_us)> visit) const = 0;
  // Rows that died and may still be in a segment, ascending.
  virtual absl::Status ScanTombstones(CollectionNumber collection,
                                      absl::FunctionRef<bool(Row row)> visit) const = 0;
};

// Thread safety: thread-safe. Concurrent Apply calls share one sync.
class PointStore {
 public:
  virtual ~PointStore() = default;

  // Applies all `records`, in order, as one atomic and synced write. A pure function of the
  // records: no clock, no random source, and bytes that do not depend on the processor.
  //
  // Three outcomes. OK: durable. FailedPreconditionError or InvalidArgumentError: refused, nothing
  // was written (a format newer than kCommitFormat, an empty change, a store that failed before);
  // ResourceExhaustedError as well, because the store is behind with its own work: try again later.
  // UnknownError: the disk failed, the write may or may not be there after a restart, and the store
  // takes no further writes.
  virtual absl::Status Apply(absl::Span<const storage::CommitRecord> records) = 0;
  // OK while the store takes writes; FailedPreconditionError from the first failure of the disk on,
  // until the store is opened again; DataLossError if it met damage, which that does not mend.
  // Reads go on.
  virtual absl::Status Writable() const = 0;

  virtual std::unique_ptr<StoreSnapshot> GetSnapshot() const = 0;

  // Reads every table that is on disk and compares its checksums. DataLossError naming the file;
  // the store's other errors.
  virtual absl::Status VerifyFiles() const = 0;

  // Bytes that the collection's rows take on disk, an estimate that lags behind writes.
  virtual uint64_t DiskBytes(CollectionNumber collection) const = 0;
};

struct RocksDbStoreOptions {
  std::string directory;  // created if missing
  uint64_t block_cache_bytes = uint64_t{512} << 20;
  int background_threads = 2;
  // Opens what is there and changes not one byte of it; every write is refused.
  bool read_only = false;
  rocksdb::Env* env = nullptr;  // the file system, which must outlive the store; null: the real one
};

// Opens or, unless it is read_only, creates a store. A last write that a power loss tore, which
// nobody was told to be durable, is dropped.
//
// FailedPreconditionError when another process holds the directory, when the directory holds
// something else than a store, or when its format is newer than this program's (names both
// numbers). DataLossError when it is damaged, an acknowledged write in the log included.
// UnavailableError when the file system fails. All name the directory or file.
absl::StatusOr<std::unique_ptr<PointStore>> OpenRocksDbStore(const RocksDbStoreOptions& options);

// The same contract in memory, for tests and for trying things. Nothing survives it.
std::unique_ptr<PointStore> NewMemoryStore();

}  // namespace nestor

#endif  // NESTOR_STORAGE_POINT_STORE_H_
