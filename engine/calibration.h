#ifndef NESTOR_ENGINE_CALIBRATION_H_
#define NESTOR_ENGINE_CALIBRATION_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/plan.h"
#include "engine/prefix_coder.h"
#include "storage/records.pb.h"

// What searches of one collection were measured to find and to take, and what to make of it. Pure
// functions; engine/calibrator.h does the measuring.

namespace nestor {

// One way to search, as it was measured.
struct CalibratedPlan {
  bool exact = false;           // every row is scored; `effort` is not used, recall is 1
  ShortlistEffort effort = {};  // effort.margin.top is that of its table
  Stage stage = {};             // see EffortRequest
  double recall = 0;            // mean of the queries that were held out
  double promised = 0;          // what a query is expected to have at least: see MakeTable
  absl::Duration cost;          // mean time of its stages
};

// Plans for searches for the best `top`, cheapest first; what they promise never falls.
struct CalibrationTable {
  double share = 1;  // of the points, that a filter keeps, by chance
  uint32_t top = 0;
  uint32_t queries = 0;  // that were held out
  std::vector<CalibratedPlan> plans = {};
  // Of each plan: how many of these queries found 0, 1, ... of `top`, each counting as for
  // `promised`. Empty if it is exact.
  std::vector<std::vector<uint32_t>> queries_by_hits = {};
};

struct Calibration {
  absl::Time time = {};
  uint64_t points = 0;           // that the collection had
  uint64_t segments = 0;         // in so many
  uint64_t next_row = 0;         // rows from here on were written afterwards
  bool by_queries = false;       // of its users; otherwise by its own points
  PrefixCodeFormat format = {};  // of its codes: margins mean nothing for others
  bool unfinished = false;       // there would have been more tables
  // `share` falls, and for each of them `top` rises.
  std::vector<CalibrationTable> tables = {};
};

// What one effort found for each of some queries.
struct MeasuredEffort {
  ShortlistEffort effort = {};
  Stage stage = {};                 // see EffortRequest
  std::vector<uint32_t> hits = {};  // of the true `top`
  absl::Duration cost = {};         // mean

  double Recall(uint32_t top) const;
  // Of that mean: how far it may be from that of all queries like these.
  double StandardError(uint32_t top) const;
};

// What the recall of one more query is expected to be at least, if it and the `queries` that were
// held out are exchangeable, and the plan is the first of its table that promises as much as is
// asked for: conformal risk control (Angelopoulos et al., arXiv 2208.02814) with the share of
// neighbours that is missed as the loss. `recall` is the mean of these queries, where each counts
// with the least that this plan or one after it found for it: the theorem wants losses that fall.
double PromisedRecall(double recall, size_t queries);

// The table for the best `top` of efforts that rise, all measured by the same queries, and of an
// exact search. A plan promises PromisedRecall less one standard error: the theorem is about the
// mean over all calibrations, and this one may have been lucky. What takes no less time than a plan
// after it, which promises as much, is left out.
CalibrationTable MakeTable(uint32_t top, absl::Span<const MeasuredEffort> efforts,
                           absl::Duration exact_cost, double share = 1);

// What is asked of searches: this recall on average, or (probability > 0) this recall at least of
// each with that probability.
struct RecallWanted {
  double recall = 0;
  double probability = 0;
};

// The most of `queries` that may have missed what each is to have with `probability`, so that, with
// 95 % confidence, of all queries like them no more miss it than that allows: by the order
// statistics of their recalls (Clopper and Pearson, 1934). -1: so few queries cannot tell.
// REQUIRES: probability in kLeastProbability to 1.
int MostMisses(size_t queries, double probability);

// The cheapest plan that promises it of the best `top`; null: none does. Of fewer hits than the
// table has no more can be missed than of all of them: a query keeps a recall of those if it missed
// no more than that allows. What is promised on average is taken to be no less for fewer. REQUIRES:
// top <= table.top.
const CalibratedPlan* CheapestPlan(const CalibrationTable& table, size_t top,
                                   const RecallWanted& wanted);

// A search for the best `top` of a share of the points, those that satisfy its filter.
struct SearchKind {
  size_t top = 0;
  double share = 1;
};

// The same for one kind of search, with a margin below its own top-th best row: between tables what
// suits all of them, for fewer hits than the first has what suits that. With a probability it is
// the plan of the next table for as many hits, as it was measured. None beyond the last table, or
// if one of them has no plan that promises that much.
std::optional<CalibratedPlan> ChoosePlan(const Calibration& calibration, const SearchKind& kind,
                                         const RecallWanted& wanted);

// The recalls on average that some plan promises, the highest first.
std::vector<double> PromisesDescending(const Calibration& calibration);

// Fewer points than these are not calibrated.
inline constexpr size_t kLeastCalibrated = 2000;

// What decides whether to calibrate.
struct CalibrationNeed {
  const Calibration* current = nullptr;
  PrefixCodeFormat format = {};
  size_t points = 0;
  size_t segments = 0;  // that hold them
  uint64_t next_row = 0;
  bool indexed = false;       // nothing but the newest points waits for an index
  bool quiet = false;         // nothing was written since the last look
  bool queries = false;       // there are enough of its users to calibrate by
  bool alarmed = false;       // searches find less than was promised
  absl::Duration since = {};  // the current one was made
  absl::Duration took = {};   // to make it
};
// After a load has come to its end, when there are enough queries, when half as many points as it
// had were written since, or half of them are gone; with a pause, when searches find too little,
// when the last one did not finish, or when there are fewer segments, each of which is walked with
// an effort that was measured with more. While writes go on, only when they find too little, when
// the last one did not finish or twice as many points were written.
bool CalibrationIsDue(const CalibrationNeed& need);

storage::CalibrationRecord ToRecord(const Calibration& calibration);
// Nothing if the record is empty or its numbers are out of range.
std::optional<Calibration> FromRecord(const storage::CalibrationRecord& record, Metric metric);

}  // namespace nestor

#endif  // NESTOR_ENGINE_CALIBRATION_H_
