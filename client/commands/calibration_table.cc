#include "client/commands/calibration_table.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/table.h"
#include "client/json.h"
#include "google/protobuf/util/time_util.h"

namespace nestor::cli {
namespace {

using google::protobuf::util::TimeUtil;

constexpr float kTargets[] = {0.8F, 0.9F, 0.95F, 0.98F, 0.99F, 0.995F};

std::string Effort(const v1::Calibration::Plan& plan) {
  if (plan.exact()) return "every point";
  std::string text = absl::StrCat("up to ", plan.shortlist().size());
  if (plan.shortlist().nprobe() > 1) {
    absl::StrAppend(&text, " of ", plan.shortlist().nprobe(), " lists");
  }
  if (plan.has_margin()) absl::StrAppendFormat(&text, ", margin %.4f", plan.margin());
  if (plan.has_stage()) {
    absl::StrAppend(&text, ", ", plan.stage().keep(), " by ", plan.stage().dims(), " dims");
  }
  return text;
}

// A row for each plan that one of kTargets takes.
void AddRows(const v1::Calibration::Table& table, std::vector<std::vector<std::string>>* rows) {
  for (size_t first = 0, last = 0; first < std::size(kTargets); first = last + 1) {
    const v1::Calibration::Plan* const plan = PlanFor(table, kTargets[first]);
    if (plan == nullptr) return;
    last = first;
    while (last + 1 < std::size(kTargets) && PlanFor(table, kTargets[last + 1]) == plan) ++last;
    const std::string targets = first == last
                                    ? absl::StrFormat("%g", kTargets[first])
                                    : absl::StrFormat("%g to %g", kTargets[first], kTargets[last]);
    const double us = static_cast<double>(TimeUtil::DurationToNanoseconds(plan->cost())) / 1000;
    rows->push_back(
        {table.share() < 1 ? absl::StrFormat("%g %%", 100 * table.share()) : "all",
         absl::StrCat(table.limit()), targets, absl::StrFormat("%.4f", plan->promised_recall()),
         absl::StrFormat("%.4f", plan->recall()), absl::StrFormat("%.0f", us), Effort(*plan)});
  }
}

std::string Age(absl::Duration age) {
  age = absl::Trunc(age, absl::Seconds(1));
  return age <= absl::ZeroDuration() ? "just now" : absl::FormatDuration(age) + " ago";
}

}  // namespace

const v1::Calibration::Plan* PlanFor(const v1::Calibration::Table& table, float target) {
  const auto plan = std::find_if(table.plans().begin(), table.plans().end(),
                                 [&](const v1::Calibration::Plan& candidate) {
                                   return candidate.promised_recall() >= target;
                                 });
  return plan == table.plans().end() ? nullptr : &*plan;
}

void PrintCalibration(const v1::CollectionStats& stats, absl::Time now, std::ostream& out) {
  if (!stats.has_calibration()) {
    out << "not calibrated: adaptive searches go by a careful rule and say no recall\n";
    return;
  }
  const v1::Calibration& calibration = stats.calibration();
  const absl::Time time =
      absl::FromUnixMicros(TimeUtil::TimestampToMicroseconds(calibration.time()));
  const bool by_queries = calibration.source() == v1::Calibration::QUERIES;
  out << "calibrated " << Age(now - time) << ", of " << calibration.points() << " points, by "
      << (by_queries ? "queries" : "its own points")
      << (calibration.unfinished() ? "; not finished yet: other searches go by a careful rule" : "")
      << "\n";
  if (calibration.revoked()) {
    out << "VOID: searches found less than this promises, or codes have changed since; until it is "
           "calibrated again they go by a careful rule\n";
  }
  std::vector<std::vector<std::string>> rows = {
      {"points", "limit", "recall wanted", "promised", "measured", "us", "shortlist"}};
  for (const v1::Calibration::Table& table : calibration.tables()) AddRows(table, &rows);
  PrintTable(rows, out);
}

void PrintAudit(const v1::RecallAudit& audit, std::ostream& out) {
  out << "audit: ";
  if (audit.searches() == 0) {
    out << "no search was done again yet";
  } else {
    out << absl::StrFormat(
        "%d searches found %.4f (with 95 %% confidence %.4f to %.4f), %.4f was asked for",
        audit.searches(), audit.recall(), audit.low(), audit.high(), audit.recall_target());
  }
  if (audit.alarms() > 0) {
    out << "; " << audit.alarms() << " alarms, the last one at "
        << TimeUtil::ToString(audit.last_alarm());
  }
  out << "\n";
}

}  // namespace nestor::cli
