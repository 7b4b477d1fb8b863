// The parts of Collection that go by a filter, or by all points.

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/collection.h"
#include "engine/filter_rows.h"
#include "engine/limits.h"
#include "engine/retry_later.h"
#include "engine/search.h"
#include "storage/crash_point.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr size_t kDeleteBatch = 1000;  // points of one commit
constexpr size_t kScanBatch = 512;     // ids that a scroll looks at together

// For a store that is behind with its own work.
constexpr absl::Duration kPauseBetweenTries = absl::Milliseconds(50);

// Some live ids in a row, and where they end.
struct IdBatch {
  PointId last;
  bool at_end = false;
  std::vector<Row> rows = {};
};

// The next `size` ids after batch->last; fewer at the end.
absl::Status NextIds(const StoreSnapshot& snapshot, CollectionNumber collection, size_t size,
                     IdBatch* batch) {
  batch->rows.clear();
  const PointId after = batch->last;
  NESTOR_RETURN_IF_ERROR(snapshot.ScanIds(collection, after, [&](const PointId& id, Row row) {
    batch->rows.push_back(row);
    batch->last = id;
    return batch->rows.size() < size;
  }));
  batch->at_end = batch->rows.size() < size;
  return absl::OkStatus();
}

// The rows of all parts that are not left out.
std::vector<Row> RowsLeft(const View& view, absl::Span<const RowBitmap* const> parts) {
  std::vector<Row> rows;
  for (size_t part = 0; part < view.part_count(); ++part) {
    const RowBitmap& left_out = *parts[part];
    const size_t size = view.RowsOf(part);
    for (size_t row = left_out.NextClear(0, size); row < size;
         row = left_out.NextClear(row + 1, size)) {
      rows.push_back(view.RowAt({static_cast<uint32_t>(part), static_cast<uint32_t>(row)}));
    }
  }
  return rows;
}

}  // namespace

absl::StatusOr<uint64_t> Collection::Count(const Filter* filter, StopCheck stop) const {
  const std::shared_ptr<const View> view = this->view();
  NESTOR_ASSIGN_OR_RETURN(const LeftOut left_out,
                          FindLeftOut(*view, spec_, filter, stop, env_.clock));
  return left_out.matching;
}

absl::StatusOr<ScrollPage> Collection::Scroll(const PointId& after, size_t size,
                                              const Select& select, const Filter* filter,
                                              StopCheck stop) const {
  const std::shared_ptr<const View> view = this->view();
  const absl::Time now = env_.clock();
  std::optional<RowFilter> row_filter;
  if (filter != nullptr) {
    NESTOR_ASSIGN_OR_RETURN(row_filter, RowFilter::Make(*view, spec_.number, *filter, stop));
  }
  ScrollPage page;
  std::vector<Row> rows;
  // One row more than the page takes tells that there is more. Without a filter nearly every row
  // counts; with one, or where rows are expired, few may.
  size_t wanted = filter == nullptr ? size + 1 : kScanBatch;
  for (IdBatch batch{after}; !batch.at_end && rows.size() <= size; wanted = kScanBatch) {
    NESTOR_RETURN_IF_ERROR(stop());
    NESTOR_RETURN_IF_ERROR(NextIds(*view->snapshot, spec_.number, wanted, &batch));
    std::vector<bool> matches(batch.rows.size(), true);
    if (row_filter) {
      NESTOR_ASSIGN_OR_RETURN(matches, row_filter->Match(batch.rows));
    }
    for (size_t i = 0; i < batch.rows.size() && rows.size() <= size; ++i) {
      if (matches[i] && !view->IsExpired(batch.rows[i], now)) rows.push_back(batch.rows[i]);
    }
  }
  page.more = rows.size() > size;
  if (page.more) rows.pop_back();
  NESTOR_ASSIGN_OR_RETURN(std::vector<std::optional<FoundPoint>> points,
                          ReadRows(*view, rows, select));
  for (std::optional<FoundPoint>& point : points) {
    if (!point) {
      return absl::DataLossError(
          absl::StrCat("collection '", spec_.name, "': an id names no stored row"));
    }
    page.points.push_back(*std::move(point));
  }
  return page;
}

absl::StatusOr<WriteResult> Collection::DeleteMatching(const Filter* filter, StopCheck stop) {
  // Whoever commits may have to read the payloads, to filter again.
  const size_t cost = filter != nullptr ? kMaxPayloadBytes : kMaxIdBytes;
  return WriteMatching(filter, {.kind = PendingWrite::Kind::kDelete}, kDeleteBatch, cost, stop);
}

absl::StatusOr<WriteResult> Collection::UpdateMatching(const Filter* filter,
                                                       const PointUpdate& update, StopCheck stop) {
  return WriteMatching(filter, {.kind = PendingWrite::Kind::kUpdate, .update = &update},
                       kUpdateBatch, kMaxPayloadBytes, stop);
}

absl::StatusOr<WriteResult> Collection::WriteMatching(const Filter* filter,
                                                      const PendingWrite& prototype,
                                                      size_t batch_points, size_t cost_per_point,
                                                      StopCheck stop) {
  const std::shared_ptr<const View> view = this->view();
  NESTOR_ASSIGN_OR_RETURN(const LeftOut left_out,
                          FindLeftOut(*view, spec_, filter, stop, env_.clock));
  const std::vector<Row> rows = RowsLeft(*view, left_out.parts);
  PendingWrite write = prototype;
  write.filter = filter;
  write.filtered_at = view->payload_sequence;
  WriteResult total;
  total.sequence = view->sequence;
  for (size_t begin = 0; begin < rows.size();) {
    NESTOR_RETURN_IF_ERROR(stop());
    if (write.update != nullptr) NESTOR_RETURN_IF_ERROR(CheckRoomFor(*write.update));
    const absl::StatusOr<WriteResult> result = WriteRows(
        *view, absl::MakeConstSpan(rows).subspan(begin, batch_points), write, cost_per_point);
    if (begin > 0 && IsRetryLater(result.status())) {
      // Another call would also take what matches since this one began.
      absl::SleepFor(kPauseBetweenTries);
      continue;
    }
    NESTOR_RETURN_IF_ERROR(result.status());
    total.Add(*result, begin);
    begin += batch_points;
  }
  return total;
}

absl::StatusOr<WriteResult> Collection::WriteRows(const View& view, absl::Span<const Row> rows,
                                                  const PendingWrite& prototype,
                                                  size_t cost_per_point) {
  NESTOR_ASSIGN_OR_RETURN(const std::vector<std::optional<FoundPoint>> points,
                          ReadRows(view, rows, {}));
  std::vector<PointId> ids;
  std::vector<Row> expected;
  for (size_t i = 0; i < points.size(); ++i) {
    if (!points[i]) continue;
    ids.push_back(points[i]->id);
    expected.push_back(rows[i]);
  }
  PendingWrite write = prototype;
  write.ids = ids;
  write.expected_rows = expected;
  NESTOR_RETURN_IF_ERROR(Commit(&write, ids.size() * cost_per_point));
  return std::move(write.result);
}

absl::StatusOr<size_t> Collection::EraseExpiredOnce() {
  const std::shared_ptr<const View> view = this->view();
  std::vector<Row> rows;
  view->expiries->VisitExpiring(std::numeric_limits<int64_t>::min(),
                                std::max(view->expired_until_us, absl::ToUnixMicros(env_.clock())),
                                [&](Row row) {
                                  rows.push_back(row);
                                  return rows.size() < kDeleteBatch;
                                });
  if (closed_) return 0;
  WriteResult result;
  if (!rows.empty()) {
    ReachCrashPoint(CrashPoint::kBeforeExpire);
    NESTOR_ASSIGN_OR_RETURN(
        result, WriteRows(*view, rows, {.kind = PendingWrite::Kind::kExpire}, kMaxIdBytes));
  }
  std::vector<Row> unheld;
  {
    absl::MutexLock lock(&publish_mu_);
    // A file may still have rows that its segment has not.
    const std::shared_ptr<const View> now = view_.Load();
    const bool files_have_none =
        std::all_of(now->segments.begin(), now->segments.end(),
                    [](const View::SegmentPart& part) { return part.kept->left_behind.empty(); });
    const bool manifest_is_stored = manifest_changes_stored_ == manifest_changes_;
    if (files_have_none && manifest_is_stored) unheld.swap(unheld_);
  }
  (void)ForgetTombstones(unheld);  // failing wastes a few bytes until the next start
  return result.affected;
}

}  // namespace nestor
