#ifndef NESTOR_ENGINE_COLLECTION_WRITER_H_
#define NESTOR_ENGINE_COLLECTION_WRITER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "engine/collection_spec.h"
#include "engine/filter.h"
#include "engine/view.h"
#include "engine/write_types.h"
#include "storage/point_store.h"

namespace nestor {

// One writer's share of a commit group.
struct PendingWrite {
  enum class Kind {
    kUpsert,
    kDelete,
    kUpdate,
    kExpire,  // erase those of the points that are expired
    kChangeSchema,
    kManifest,  // say which segment files there are
    kSeal,      // close the delta, so that a segment is built from it
    kRefresh,   // only move the view to a newer store snapshot
    kClose,     // refuse every later write: the collection is being dropped
  };
  Kind kind = Kind::kUpsert;
  absl::Span<const UpsertItem> upserts = {};
  WriteMode mode = WriteMode::kUpsert;
  absl::Span<const PointId> ids = {};  // to delete, to update or to expire
  // By id in `ids`: only if this is still the id's row. Empty: whatever row it has.
  absl::Span<const Row> expected_rows = {};
  // With expected_rows: only if the point still satisfies it. It did so in the view whose
  // payload_sequence is `filtered_at`.
  const Filter* filter = nullptr;
  Sequence filtered_at = {};
  const PointUpdate* update = nullptr;
  SchemaChange schema = {};
  uint64_t next_file = 0;  // of the manifest

  absl::Status status = {};
  WriteResult result = {};
};

// Turns a group of writes into commit records: looks up which ids exist, decides every outcome,
// hands out rows and sequences. What the records say is final; applying them takes no further
// decision.
class RecordBuilder {
 public:
  // Starts behind `view`, which must be the newest one. What is expired at `now` is not there.
  RecordBuilder(const ResolvedSpec& spec, const View& view, absl::Time now);

  // Reads the rows of all ids in `group`, and the payloads of those that are updated or looked at
  // again, in a batch each. The store's errors.
  absl::Status Read(absl::Span<PendingWrite* const> group);
  // Adds a record for `write` if it changes anything, and fills in write->result.
  void Add(PendingWrite* write);

  const std::vector<storage::CommitRecord>& records() const { return records_; }

 private:
  storage::CommitRecord NewRecord() const;
  void AddUpsert(PendingWrite* write);
  void AddDelete(PendingWrite* write);
  void AddUpdate(PendingWrite* write);
  void AddExpired(PendingWrite* write);
  void AddErase(const PointId& id, Row row, storage::CommitRecord* record);
  // Updates one row, or says why not.
  absl::Status Update(Row row, const PointUpdate& update, storage::CommitRecord* record);
  bool MustFilter(const PendingWrite& write) const;
  // The row of write.ids[i]; kNoRow if it is expired, or another one is expected, or the point does
  // not satisfy the filter any more.
  Row RowOf(const PendingWrite& write, size_t i);
  bool Expires(Row row) const;
  bool IsExpired(Row row) const;
  absl::Status AddSchemaChange(const SchemaChange& change);
  void AddManifest(const PendingWrite& write);
  void Finish(storage::CommitRecord record, size_t affected, PendingWrite* write);

  const ResolvedSpec& spec_;
  const View& view_;
  const absl::Time now_;
  Sequence sequence_;
  Row next_row_;
  PayloadSchema schema_;  // as of the records so far
  // The row that the store has of each id in the group, as of the records so far.
  absl::flat_hash_map<PointId, Row> rows_;
  // Payload of each row that an update in the group may change, or whose filter is evaluated again,
  // as of the records so far.
  absl::flat_hash_map<Row, std::string> payloads_;
  bool updates_ = false;    // an update in the group changes payloads
  ExpiryChanges expiries_;  // by the records so far
  std::vector<storage::CommitRecord> records_;
};

// The memory side of applying records: appends the new rows to the view's last delta (a new one
// behind it when it is full, or when the payload indexes change), marks the rows that died and what
// is expired at `now`, moves the sequence on. `view` is a copy that nobody else sees yet; `active`
// is its last delta, which only the writer may touch. Returns the rows that died and that no part
// holds: a merge left them behind when they were expired, and nobody asks for their tombstones.
std::vector<Row> ApplyToView(const ResolvedSpec& spec,
                             absl::Span<const storage::CommitRecord> records, absl::Time now,
                             View* view, std::shared_ptr<Delta>* active);

// Puts an empty delta behind the last one, unless that is empty itself.
void SealDelta(const ResolvedSpec& spec, View* view, std::shared_ptr<Delta>* active);

}  // namespace nestor

#endif  // NESTOR_ENGINE_COLLECTION_WRITER_H_
