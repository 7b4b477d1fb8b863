#ifndef NESTOR_ENGINE_RECALL_AUDIT_H_
#define NESTOR_ENGINE_RECALL_AUDIT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "engine/filter.h"
#include "engine/recall_alarm.h"
#include "engine/search_types.h"

namespace nestor {

// What the adaptive searches of users find, as those tell that are done again exactly.
struct AuditFigures {
  size_t searches = 0;  // the last ones, since it was calibrated; at most RecallAudit::kWindow
  double recall = 0;    // mean
  double target = 0;    // mean of the least mean that was asked for
  uint64_t alarms = 0;  // since the start
  absl::Time last_alarm = absl::InfinitePast();
};

// A sample of the searches of a collection that wait to be done again, and what came of it.
//
// Thread safety: thread-safe.
class RecallAudit {
 public:
  static constexpr size_t kWindow = 1000;
  // More than these are not kept waiting: the newest are left out.
  static constexpr size_t kMostWaiting = 32;

  struct Search {
    std::vector<float> vector;
    uint32_t top = 0;        // hits, those that were skipped included
    AdaptiveRequest wanted;  // with the target that it had
    std::optional<Filter> filter;
  };

  // Keeps one of 1 / share searches. REQUIRES: share in 0 to 1.
  explicit RecallAudit(double share);

  // Keeps an adaptive search if it is its turn. Takes a lock only for those.
  void Offer(const SearchRequest& request, const AdaptiveRequest& wanted);
  // The one that has waited for longest.
  std::optional<Search> Take();

  // Tells what a search found. `calibrated`: that such searches find the target on average was
  // promised. True if that makes an alarm.
  bool Add(double recall, double target, bool calibrated, absl::Time now);
  // They were calibrated: what was found before does not count any more.
  void Restart();
  AuditFigures figures() const;

 private:
  struct Outcome {
    float recall;
    float target;
  };

  const uint64_t period_;  // 0: keeps none
  std::atomic<uint64_t> offered_{0};
  mutable absl::Mutex mu_;
  std::deque<Search> waiting_ ABSL_GUARDED_BY(mu_);
  std::deque<Outcome> outcomes_ ABSL_GUARDED_BY(mu_);
  RecallAlarm alarm_ ABSL_GUARDED_BY(mu_);
  uint64_t alarms_ ABSL_GUARDED_BY(mu_) = 0;
  absl::Time last_alarm_ ABSL_GUARDED_BY(mu_) = absl::InfinitePast();
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_RECALL_AUDIT_H_
