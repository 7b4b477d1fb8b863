// The part of Collection that measures its own searches.

#include <algorithm>
#include <memory>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/calibrator.h"
#include "engine/collection.h"
#include "engine/merge_policy.h"
#include "engine/prefix_choice.h"
#include "engine/search_arena.h"
#include "engine/vector_math.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

// Live points of `view` in random order.
absl::StatusOr<std::vector<CalibrationQuery>> DrawPoints(const View& view, const ResolvedSpec& spec,
                                                         size_t count) {
  std::vector<Row> rows;
  for (const View::SegmentPart& part : view.segments) {
    for (uint32_t local = 0; local < part.segment->rows.size(); ++local) {
      if (!part.dead->Test(local)) rows.push_back(part.segment->rows[local]);
    }
  }
  std::mt19937_64 random(ToNumber(view.sequence));
  count = std::min(count, rows.size());
  for (size_t i = 0; i < count; ++i) {
    std::swap(rows[i], rows[i + random() % (rows.size() - i)]);
  }
  rows.resize(count);
  std::vector<CalibrationQuery> points(count);
  NESTOR_RETURN_IF_ERROR(
      view.snapshot->ReadPoints(spec.number, rows, [&](size_t i, const StoredPoint* stored) {
        PointId id;
        if (stored == nullptr || !PointId::FromEncoded(stored->id, &id)) return;
        const std::vector<float> vector = DecodeVector(stored->vector);
        points[i].like = id;
        points[i].norm = Norm(vector.data(), vector.size());
      }));
  // A zero vector has no direction to search in.
  std::erase_if(points, [](const CalibrationQuery& point) { return point.norm == 0; });
  return points;
}

std::vector<CalibrationQuery> DrawQueries(const QueryReservoir& reservoir) {
  std::vector<CalibrationQuery> queries;
  for (std::vector<float>& vector : reservoir.Sample()) {
    const double norm = Norm(vector.data(), vector.size());
    if (norm > 0) queries.push_back({.vector = std::move(vector), .norm = norm});
  }
  return queries;
}

CalibrationNeed NeedOf(const View& view, const ResolvedSpec& spec) {
  CalibrationNeed need{.current = view.calibration.get(),
                       .format = CurrentCoder(spec, view)->format()};
  std::vector<SegmentSize> sizes;
  for (const View::SegmentPart& part : view.segments) {
    need.points += part.live();
    sizes.push_back({part.live(), part.dead->count(), part.segment->indexed});
  }
  need.indexed = view.deltas.size() == 1 && ChooseMerge(sizes).empty();
  return need;
}

}  // namespace

uint64_t Collection::AskForCalibration() {
  uint64_t number = 0;
  {
    absl::MutexLock lock(&asked_mu_);
    number = ++asked_.asked;
  }
  env_.calibration_due();
  return number;
}

absl::StatusOr<bool> Collection::CalibrationEnded(uint64_t number) const {
  absl::MutexLock lock(&asked_mu_);
  if (asked_.ended < number) return false;
  NESTOR_RETURN_IF_ERROR(asked_.status);
  return true;
}

absl::StatusOr<bool> Collection::CalibrateOnce() {
  absl::MutexLock lock(&calibrate_mu_);
  AskedCalibrations asked;
  {
    absl::MutexLock asked_lock(&asked_mu_);
    asked = asked_;
  }
  const std::shared_ptr<const View> view = this->view();
  CalibrationNeed need = NeedOf(*view, spec_);
  need.queries = queries_.size() >= kLeastQueries;
  need.quiet = view->sequence == std::exchange(seen_by_calibration_, view->sequence);
  const bool is_asked_for = asked.asked > asked.ended;
  if (closed_ ||
      !(is_asked_for ? need.indexed : (env_.calibrates_itself && CalibrationIsDue(need)))) {
    return false;
  }
  const absl::Status status = Calibrate(*view, need);
  if (is_asked_for) {
    absl::MutexLock asked_lock(&asked_mu_);
    asked_.ended = asked.asked;
    asked_.status = status;
  }
  NESTOR_RETURN_IF_ERROR(status);
  return true;
}

absl::Status Collection::Calibrate(const View& view, const CalibrationNeed& need) {
  if (need.points < kLeastCalibrated) {
    return absl::FailedPreconditionError(
        absl::StrCat("collection '", spec_.name, "': ", need.points,
                     " points are too few to calibrate by, it takes ", kLeastCalibrated));
  }
  const absl::Time start = env_.clock();
  std::vector<CalibrationQuery> queries;
  if (need.queries) {
    queries = DrawQueries(queries_);
  } else {
    NESTOR_ASSIGN_OR_RETURN(
        queries, DrawPoints(view, spec_, std::min(kCalibrationQueries, need.points / 4)));
  }
  const auto stop = [this] {
    return closed_ ? absl::CancelledError("the collection is closed") : absl::OkStatus();
  };
  SearchArena left_out_memory;
  const SearchArena::Scope scope(left_out_memory);
  NESTOR_ASSIGN_OR_RETURN(const LeftOut left_out,
                          FindLeftOut(view, spec_, nullptr, stop, env_.clock, &left_out_memory));
  const auto search = [&](absl::Span<SearchTask> tasks) {
    SearchArena& arena = SearchArena::OfThread();
    const SearchArena::Scope one(arena);
    SearchTogether(view, spec_, left_out, env_.clock, tasks, &arena);
  };
  NESTOR_ASSIGN_OR_RETURN(std::vector<CalibrationTable> tables,
                          MeasurePlans(spec_, need.points, queries, search, stop));
  auto calibration = std::make_shared<const Calibration>(Calibration{.time = env_.clock(),
                                                                     .points = need.points,
                                                                     .by_queries = need.queries,
                                                                     .format = need.format,
                                                                     .tables = std::move(tables)});
  {
    absl::MutexLock publish(&publish_mu_);
    auto next = std::make_shared<View>(*view_.Load());
    next->calibration = std::move(calibration);
    view_.Store(std::move(next));
    manifest_is_behind_ = true;
  }
  env_.log_info(absl::StrCat("collection '", spec_.name, "': calibrated by ", queries.size(),
                             need.queries ? " queries in " : " of its points in ",
                             absl::FormatDuration(env_.clock() - start)));
  return absl::OkStatus();
}

}  // namespace nestor
