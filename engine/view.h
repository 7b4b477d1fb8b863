#ifndef NESTOR_ENGINE_VIEW_H_
#define NESTOR_ENGINE_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/calibration.h"
#include "engine/delta.h"
#include "engine/expiry_table.h"
#include "engine/merge_policy.h"
#include "engine/payload_index.h"
#include "engine/payload_schema.h"
#include "engine/row_bitmap.h"
#include "engine/row_set.h"
#include "engine/segment.h"
#include "storage/point_store.h"
#include "storage/records.pb.h"
#include "storage/types.h"

namespace nestor {

// One point in time of a collection, in memory and on disk: which rows exist, which of them are
// dead, and a store snapshot that shows exactly these. A search takes one view and sees nothing
// else.
//
// Rows that expire die by themselves. What was expired at the moment of the last commit is marked
// dead here, although the store has it until it is erased; what has expired since is left out by
// each request, as of the moment at which it began.
//
// Parts are numbered segments first, then deltas, oldest first.
//
// Thread safety: immutable.
struct View {
  // Rows of a part whose payloads were updated after what is known of them in memory was gathered:
  // filters read the payloads of these. Copied when a row is added.
  struct PatchedRows {
    std::shared_ptr<const RowSet> being_indexed;  // null: none
    std::shared_ptr<const RowSet> recent;         // since that began; null: none

    RowSet all() const;
    size_t size() const { return all().cardinality(); }
  };
  // What of a segment a restart finds again without building it.
  struct Kept {
    std::vector<storage::ManifestRecord::File> files = {};  // which hold all its rows but...
    std::optional<Row> first_uncovered = {};                // ...some from this one on
    // Dead rows that the files have and the segment has not: their tombstones must stay.
    std::vector<Row> left_behind = {};
  };
  struct SegmentPart {
    std::shared_ptr<const Segment> segment;
    std::shared_ptr<const RowBitmap> dead;
    // Of some or all fields of the view's schema: the others are being built.
    std::shared_ptr<const PayloadIndex> payloads = std::make_shared<const PayloadIndex>();
    PatchedRows patched = {};
    std::shared_ptr<const Kept> kept = std::make_shared<const Kept>();
    size_t live() const { return segment->rows.size() - dead->count(); }
    // With its final index, and all payload indexes.
    bool complete(const PayloadSchema& schema) const {
      return segment->indexed && payloads->Covers(schema);
    }
  };
  struct DeltaPart {
    std::shared_ptr<const Delta> delta;
    size_t length = 0;  // rows published
    std::shared_ptr<const RowBitmap> dead;
    PatchedRows patched = {};
    size_t live() const { return length - dead->count(); }
  };

  Sequence sequence{};          // of the last write that is in
  Sequence payload_sequence{};  // of the last one that changed the payload of a row that stays
  Row next_row = NextRow(kNoRow);
  std::vector<SegmentPart> segments;
  std::vector<DeltaPart> deltas;  // the last one takes the next write, the others are sealed
  std::shared_ptr<const StoreSnapshot> snapshot;
  std::shared_ptr<const PayloadSchema> schema = std::make_shared<const PayloadSchema>();
  // Of every row that the store has and that expires.
  std::shared_ptr<const ExpiryTable> expiries = std::make_shared<const ExpiryTable>();
  // Of some earlier state; null: none.
  std::shared_ptr<const Calibration> calibration;
  // Searches were seen to find less than it says: nothing goes by it any more, and another one is
  // due.
  bool calibration_is_void = false;
  int64_t expired_until_us = std::numeric_limits<int64_t>::min();  // the moment of that commit

  // What searches go by whose codes have this format; null: nothing that holds.
  const Calibration* valid_calibration(const PrefixCodeFormat& format) const;
  size_t live_points() const;
  // Of the largest segment, which suits most of the data; null without segments.
  std::shared_ptr<const PrefixCoder> largest_coder() const;
  size_t dead_rows() const;
  // Live rows that no complete segment holds.
  size_t unindexed_points() const;
  // Every write up to this one is in a complete segment.
  Sequence indexed_sequence() const;

  struct Place {
    uint32_t part;
    uint32_t row;  // local
  };
  // A segment that is complete; no delta is.
  bool complete(size_t part) const;
  // segments.end() if it is none of them.
  std::vector<SegmentPart>::iterator FindSegment(const Segment* segment);
  void AddSegment(std::shared_ptr<const Segment> segment, RowBitmap dead,
                  std::shared_ptr<const PayloadIndex> payloads, RowSet patched, Kept kept);
  // Where `row` is, if any part holds it.
  std::optional<Place> Find(Row row) const;
  bool IsDead(Place place) const;
  Row RowAt(Place place) const;

  // Whether a row that the store has is expired at `now`, or was at a commit before (the clock may
  // have been set back).
  bool IsExpired(Row row, absl::Time now) const;
  // The rows that are expired at `now` and not marked dead.
  std::vector<Place> ExpiredAndNotMarked(absl::Time now) const;

  size_t part_count() const { return segments.size() + deltas.size(); }
  // Rows of a part, dead ones included, and which of them are dead.
  size_t RowsOf(size_t part) const;
  const RowBitmap& DeadOf(size_t part) const;
  const PatchedRows& PatchedOf(size_t part) const;
};

// What the merge policy knows of segments.
std::vector<SegmentSize> SizesOf(absl::Span<const View::SegmentPart> segments);

// Marks rows dead in copies of the bitmaps they belong to: each bitmap is copied once, however many
// rows die.
class DeadMarker {
 public:
  // `view` is a copy that nobody else sees yet.
  explicit DeadMarker(View* view);
  // False if no part holds the row or it is dead already.
  bool Mark(Row row);
  bool Mark(View::Place place);

 private:
  View* view_;
  std::vector<std::shared_ptr<RowBitmap>> copies_;  // by part; null: not copied yet
};

// Marks what is expired at `now` as dead. `view` is a copy that nobody else sees yet.
void MarkExpired(absl::Time now, View* view);

// Marks rows as patched, in the same manner.
class PatchMarker {
 public:
  explicit PatchMarker(View* view);
  // REQUIRES: a part holds the row.
  void Mark(Row row);

 private:
  View* view_;
  std::vector<std::shared_ptr<RowSet>> copies_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_VIEW_H_
