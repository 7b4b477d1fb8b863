#ifndef NESTOR_BENCHMARKS_LOAD_LOAD_PROGRESS_H_
#define NESTOR_BENCHMARKS_LOAD_LOAD_PROGRESS_H_

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "benchmarks/load/operation.h"
#include "benchmarks/load/truth_set.h"
#include "client/progress.h"

namespace nestor::bench {

// How a load is going: its calls of the last second, and the recall of all so far.
//
// Thread safety: none.
class RecentCalls {
 public:
  // `truth` must outlive this.
  explicit RecentCalls(const TruthSet& truth) : truth_(truth) {}

  // `records` ended since the last call; forgets what ended a second before `now_ns` or earlier.
  void Add(const std::vector<OperationRecord>& records, int64_t now_ns);
  void ForgetRecall() { recall_sum_ = recall_count_ = 0; }

  double answers_per_second() const;
  // Of the searches; 0 when there is none.
  double p50_ms() const { return LatencyMs(0.5); }
  double p99_ms() const { return LatencyMs(0.99); }
  std::optional<double> recall() const;

 private:
  double LatencyMs(double quantile) const;

  const TruthSet& truth_;
  std::deque<OperationRecord> last_;  // by the time they ended, nearly
  double recall_sum_ = 0;
  double recall_count_ = 0;
};

// What to show of a load while it runs. As client/progress.h: knows no clock and no terminal.
//
// Thread safety: none.
class LoadProgress {
 public:
  LoadProgress(ProgressStyle style, absl::Time start) : style_(style), shown_(start) {}

  // Whether it is time to show something.
  bool Due(absl::Time now) const;
  // `phase` says what is going on, `left` for how much longer.
  std::string Show(const std::string& phase, const RecentCalls& calls, absl::Duration left,
                   absl::Time now);
  // What clears the line away, if one was drawn.
  std::string Finish();

 private:
  const ProgressStyle style_;
  absl::Time shown_;  // when text was last given out
  bool drawn_ = false;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_LOAD_PROGRESS_H_
