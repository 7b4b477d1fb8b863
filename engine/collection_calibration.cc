// The part of Collection that measures its own searches.

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/calibrator.h"
#include "engine/collection.h"
#include "engine/merge_policy.h"
#include "engine/prefix_choice.h"
#include "engine/query_sample.h"
#include "engine/random_mix.h"
#include "engine/search_arena.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

// A collection with more than this share of its points in no segment is not measured by itself.
constexpr double kLargestDelta = 0.01;

// A share of the points of `view`, chosen by chance, as a filter would keep them.
LeftOut KeepByChance(const View& view, double share) {
  LeftOut left_out;
  FilteredRows& filtered = left_out.filtered.emplace();
  const auto kept = static_cast<uint64_t>(std::ldexp(share, 32));
  for (size_t part = 0; part < view.part_count(); ++part) {
    RowBitmap& out = filtered.left_out.emplace_back(view.DeadOf(part));
    for (uint32_t local = 0; local < view.RowsOf(part); ++local) {
      const Row row = view.RowAt({static_cast<uint32_t>(part), local});
      if (out.Test(local)) continue;
      if (RandomMix(ToNumber(row)) >> 32 < kept) {
        ++filtered.matching;
      } else {
        out.Set(local);
      }
    }
  }
  for (const RowBitmap& part : filtered.left_out) left_out.parts.push_back(&part);
  left_out.live = view.live_points();
  left_out.matching = filtered.matching;
  return left_out;
}

CalibrationNeed NeedOf(const View& view, const ResolvedSpec& spec) {
  CalibrationNeed need{.current = view.calibration.get(),
                       .format = CurrentCoder(spec, view)->format(),
                       .segments = view.segments.size(),
                       .next_row = ToNumber(view.next_row)};
  for (const View::SegmentPart& part : view.segments) need.points += part.live();
  return need;
}

}  // namespace

uint64_t Collection::AskForCalibration() {
  uint64_t number = 0;
  {
    absl::MutexLock lock(&asked_mu_);
    number = ++asked_.asked;
  }
  AskForSettling();
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
  need.indexed = view->deltas.size() == 1 && PartsToMerge(*view).empty();
  need.queries = queries_.size() >= kLeastQueries;
  need.alarmed = view->calibration_is_void;
  if (need.current != nullptr) need.since = env_.clock() - need.current->time;
  need.took = calibration_took_;
  need.quiet = view->sequence == std::exchange(seen_by_calibration_, view->sequence);
  const bool is_asked_for = asked.asked > asked.ended;
  if (closed_ ||
      !(is_asked_for ? need.indexed : (env_.calibrates_itself && CalibrationIsDue(need)))) {
    sealed_to_calibrate_ &= !need.indexed;  // it may be due again once that is indexed
    return false;
  }
  // What is measured now would be of other segments soon.
  if ((need.quiet || SettlingIsAsked()) && !PartsToSettle(*view).empty()) {
    if (need.alarmed) AskForSettling();
    return false;
  }
  if (const View::DeltaPart& delta = view->deltas.back(); !is_asked_for && !sealed_to_calibrate_) {
    // Its rows are found exactly, and are not any more once they have an index. What is written
    // meanwhile has to be little enough.
    if (static_cast<double>(delta.live()) > kLargestDelta * static_cast<double>(need.points)) {
      sealed_to_calibrate_ = true;
      NESTOR_RETURN_IF_ERROR(SealWrites().status());
      return false;
    }
  }
  sealed_to_calibrate_ = false;
  const absl::Time start = env_.clock();
  const absl::Status status = Calibrate(*view, need);
  calibration_took_ = env_.clock() - start;
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
  std::vector<SampledQuery> queries;
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
  double kept_share = 1;
  LeftOut kept;  // of that share
  const auto search = [&](double share, absl::Span<SearchTask> tasks) {
    if (share < 1 && share != std::exchange(kept_share, share)) kept = KeepByChance(view, share);
    SearchArena& arena = SearchArena::OfThread();
    const SearchArena::Scope one(arena);
    SearchTogether(view, spec_, share < 1 ? kept : left_out, env_.clock, tasks, &arena);
  };
  Calibration calibration{.points = need.points,
                          .segments = need.segments,
                          .next_row = need.next_row,
                          .by_queries = need.queries,
                          .format = need.format,
                          .unfinished = true};
  std::shared_ptr<const Calibration> own;  // the tables so far
  const auto measured = [&](absl::Span<const CalibrationTable> tables) {
    const std::shared_ptr<const View> now = this->view();
    const Calibration* const valid = now->valid_calibration(need.format);
    const bool says_more =
        valid != nullptr && (!valid->unfinished || valid->tables.size() > tables.size());
    if (says_more) return;
    calibration.tables.assign(tables.begin(), tables.end());
    own = Publish(calibration, own.get());
  };
  NESTOR_ASSIGN_OR_RETURN(calibration.tables,
                          MeasurePlans(spec_, need.points, queries, search, stop, measured));
  calibration.unfinished = false;
  (void)Publish(std::move(calibration), own.get());
  env_.log_info(absl::StrCat("collection '", spec_.name, "': calibrated by ", queries.size(),
                             need.queries ? " queries in " : " of its points in ",
                             absl::FormatDuration(env_.clock() - start)));
  return absl::OkStatus();
}

std::shared_ptr<const Calibration> Collection::Publish(Calibration calibration,
                                                       const Calibration* own) {
  calibration.time = env_.clock();
  bool goes_on = false;
  std::shared_ptr<const Calibration> published;
  {
    absl::MutexLock publish(&publish_mu_);
    auto next = std::make_shared<View>(*view_.Load());
    goes_on = own != nullptr && next->calibration.get() == own;
    // More tables do not make those good that an alarm was about.
    if (goes_on && next->calibration_is_void) calibration.time = own->time;
    published = std::make_shared<const Calibration>(std::move(calibration));
    next->calibration = published;
    next->calibration_is_void &= goes_on;
    view_.Store(std::move(next));
    ++manifest_changes_;
  }
  if (!goes_on) audit_.Restart();
  return published;
}

}  // namespace nestor
