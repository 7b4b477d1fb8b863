// The parts of Collection that go by a filter, or by all points.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/collection.h"
#include "engine/filter_rows.h"
#include "engine/limits.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

// Points of one commit.
constexpr size_t kDeleteBatch = 1000;
constexpr size_t kUpdateBatch = 250;  // with their payloads
constexpr size_t kIdsBetweenStops = 4096;

// The live rows of all parts that are not left out.
std::vector<Row> RowsLeft(const View& view, const FilteredRows* filtered) {
  std::vector<Row> rows;
  for (size_t part = 0; part < view.part_count(); ++part) {
    const RowBitmap& left_out = filtered != nullptr ? filtered->left_out[part] : view.DeadOf(part);
    const size_t size = view.RowsOf(part);
    for (size_t row = left_out.NextClear(0, size); row < size;
         row = left_out.NextClear(row + 1, size)) {
      rows.push_back(view.RowAt({static_cast<uint32_t>(part), static_cast<uint32_t>(row)}));
    }
  }
  return rows;
}

}  // namespace

absl::StatusOr<uint64_t> Collection::Count(const Filter& filter, StopCheck stop) const {
  NESTOR_ASSIGN_OR_RETURN(const FilteredRows filtered,
                          FilterRows(*view(), spec_.number, filter, stop));
  return filtered.matching;
}

absl::StatusOr<ScrollPage> Collection::Scroll(const PointId& after, size_t size,
                                              const Select& select, const Filter* filter,
                                              StopCheck stop) const {
  const std::shared_ptr<const View> view = this->view();
  FilteredRows filtered;
  if (filter != nullptr) {
    NESTOR_ASSIGN_OR_RETURN(filtered, FilterRows(*view, spec_.number, *filter, stop));
  }
  const auto matches = [&](Row row) {
    if (filter == nullptr) return true;
    const std::optional<View::Place> place = view->Find(row);
    return place && !filtered.left_out[place->part].Test(place->row);
  };
  ScrollPage page;
  std::vector<Row> rows;
  size_t seen = 0;
  absl::Status stopped;
  NESTOR_RETURN_IF_ERROR(view->snapshot->ScanIds(spec_.number, after, [&](const PointId&, Row row) {
    if (++seen % kIdsBetweenStops == 0) stopped = stop();
    if (!stopped.ok()) return false;
    if (!matches(row)) return true;
    page.more = rows.size() == size;
    if (!page.more) rows.push_back(row);
    return !page.more;
  }));
  NESTOR_RETURN_IF_ERROR(stopped);
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
  return WriteMatching(filter, {.kind = PendingWrite::Kind::kDelete}, kDeleteBatch, kMaxIdBytes,
                       stop);
}

absl::StatusOr<WriteResult> Collection::UpdatePayloadMatching(const Filter* filter,
                                                              const PayloadPatch& patch,
                                                              StopCheck stop) {
  return WriteMatching(filter, {.kind = PendingWrite::Kind::kUpdatePayload, .patch = &patch},
                       kUpdateBatch, kMaxIdBytes + patch.set.ByteSizeLong(), stop);
}

absl::StatusOr<WriteResult> Collection::WriteMatching(const Filter* filter,
                                                      const PendingWrite& prototype,
                                                      size_t batch_points, size_t cost_per_point,
                                                      StopCheck stop) {
  const std::shared_ptr<const View> view = this->view();
  FilteredRows filtered;
  if (filter != nullptr) {
    NESTOR_ASSIGN_OR_RETURN(filtered, FilterRows(*view, spec_.number, *filter, stop));
  }
  const std::vector<Row> rows = RowsLeft(*view, filter != nullptr ? &filtered : nullptr);
  WriteResult total;
  total.sequence = view->sequence;
  for (size_t begin = 0; begin < rows.size(); begin += batch_points) {
    NESTOR_RETURN_IF_ERROR(stop());
    const auto batch = absl::MakeConstSpan(rows).subspan(begin, batch_points);
    NESTOR_ASSIGN_OR_RETURN(const std::vector<std::optional<FoundPoint>> points,
                            ReadRows(*view, batch, {}));
    std::vector<PointId> ids;
    std::vector<Row> expected;
    for (size_t i = 0; i < points.size(); ++i) {
      if (!points[i]) continue;
      ids.push_back(points[i]->id);
      expected.push_back(batch[i]);
    }
    PendingWrite write = prototype;
    write.ids = ids;
    write.expected_rows = expected;
    NESTOR_RETURN_IF_ERROR(Commit(&write, ids.size() * cost_per_point));
    total.sequence = write.result.sequence;
    total.affected += write.result.affected;
    for (ItemError& error : write.result.errors) {
      if (total.errors.size() == kMaxItemErrors) break;
      error.index += static_cast<uint32_t>(begin);
      total.errors.push_back(std::move(error));
    }
  }
  return total;
}

}  // namespace nestor
