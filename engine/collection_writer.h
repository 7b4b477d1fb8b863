#ifndef NESTOR_ENGINE_COLLECTION_WRITER_H_
#define NESTOR_ENGINE_COLLECTION_WRITER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "engine/collection_spec.h"
#include "engine/view.h"
#include "engine/write_types.h"
#include "storage/point_store.h"

namespace nestor {

// One writer's share of a commit group.
struct PendingWrite {
  enum class Kind {
    kUpsert,
    kDelete,
    kUpdatePayload,
    kChangeSchema,
    kSeal,     // close the delta, so that a segment is built from it
    kRefresh,  // only move the view to a newer store snapshot
    kClose,    // refuse every later write: the collection is being dropped
  };
  Kind kind = Kind::kUpsert;
  absl::Span<const UpsertItem> upserts = {};
  WriteMode mode = WriteMode::kUpsert;
  absl::Span<const PointId> ids = {};  // to delete or to update
  // By id in `ids`: only if this is still the id's row. Empty: whatever row it has.
  absl::Span<const Row> expected_rows = {};
  const PayloadPatch* patch = nullptr;
  SchemaChange schema = {};

  absl::Status status = {};
  WriteResult result = {};
};

// Turns a group of writes into commit records: looks up which ids exist, decides every outcome,
// hands out rows and sequences. What the records say is final; applying them takes no further
// decision.
class RecordBuilder {
 public:
  // Starts behind `view`, which must be the newest one.
  RecordBuilder(const ResolvedSpec& spec, const View& view);

  // Reads the rows of all ids in `group`, and the payloads of those that are updated, in a batch
  // each. The store's errors.
  absl::Status Read(absl::Span<PendingWrite* const> group);
  // Adds a record for `write` if it changes anything, and fills in write->result.
  void Add(PendingWrite* write);

  const std::vector<storage::CommitRecord>& records() const { return records_; }

 private:
  storage::CommitRecord NewRecord() const;
  void AddUpsert(PendingWrite* write);
  void AddDelete(PendingWrite* write);
  void AddUpdate(PendingWrite* write);
  // The row of write.ids[i], unless another one is expected.
  Row RowOf(const PendingWrite& write, size_t i);
  absl::Status AddSchemaChange(const SchemaChange& change);
  void Finish(storage::CommitRecord record, PendingWrite* write);

  const ResolvedSpec& spec_;
  const View& view_;
  Sequence sequence_;
  Row next_row_;
  PayloadSchema schema_;  // as of the records so far
  absl::flat_hash_map<PointId, Row>
      rows_;  // live row of each id in the group, as of the records so far
  // Payload of each row that an update in the group may change, as of the records so far.
  absl::flat_hash_map<Row, std::string> payloads_;
  bool updates_ = false;  // there are such updates
  std::vector<storage::CommitRecord> records_;
};

// The memory side of applying records: appends the new rows to the view's last delta (a new one
// behind it when it is full, or when the payload indexes change), marks the rows that died, moves
// the sequence on. `view` is a copy that nobody else sees yet; `active` is its last delta, which
// only the writer may touch.
void ApplyToView(const ResolvedSpec& spec, absl::Span<const storage::CommitRecord> records,
                 View* view, std::shared_ptr<Delta>* active);

// Puts an empty delta behind the last one, unless that is empty itself.
void SealDelta(const ResolvedSpec& spec, View* view, std::shared_ptr<Delta>* active);

}  // namespace nestor

#endif  // NESTOR_ENGINE_COLLECTION_WRITER_H_
