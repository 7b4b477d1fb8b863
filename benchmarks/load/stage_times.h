#ifndef NESTOR_BENCHMARKS_LOAD_STAGE_TIMES_H_
#define NESTOR_BENCHMARKS_LOAD_STAGE_TIMES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "client/json.h"
#include "nestor/v1/points.pb.h"

namespace nestor::bench {

// Where the server says that the time of searches went, from those that were explained.
//
// Thread safety: thread-safe.
class StageTimes {
 public:
  static constexpr size_t kMaxSamples = 200'000;  // searches; later ones are not added

  // Of a search that was intended for nanosecond `intended_ns` of the load.
  void Add(int64_t intended_ns, const v1::SearchStats& stats);
  // Searches that were intended for before `ns`, the end of a warm-up, do not count. If that is
  // later than what was said before (0 at first), everything that was added is forgotten: to lose
  // none, say it before a search of that time is answered.
  void CountFrom(int64_t ns);

  // [{"name":"queue","count":n,"mean_us":..,"p50_us":..,"p99_us":..},...], `queue` first and
  // `total` last, the others in the order in which they ran. Stages of one name in one search (two
  // steps of a funnel, say) have "name" and "name 2". Empty when nothing was explained.
  Json ToJson() const;

 private:
  struct Stage {
    std::string name;
    std::vector<double> micros;
  };

  void AddTo(size_t* position, const std::string& name, double micros)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  mutable absl::Mutex mu_;
  int64_t begin_ns_ ABSL_GUARDED_BY(mu_) = 0;
  std::vector<double> queue_ ABSL_GUARDED_BY(mu_);
  std::vector<double> total_ ABSL_GUARDED_BY(mu_);
  std::vector<Stage> stages_ ABSL_GUARDED_BY(mu_);
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_STAGE_TIMES_H_
