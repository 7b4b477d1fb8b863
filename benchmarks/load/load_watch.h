#ifndef NESTOR_BENCHMARKS_LOAD_LOAD_WATCH_H_
#define NESTOR_BENCHMARKS_LOAD_LOAD_WATCH_H_

#include <optional>
#include <string>
#include <vector>

#include "benchmarks/command_line.h"
#include "benchmarks/load/load_loop.h"
#include "benchmarks/load/load_progress.h"
#include "benchmarks/load/measured_run.h"

namespace nestor::bench {

// Sits beside a load while it runs: ends the warm-up, shows the progress, and asks the server what
// it uses when the measured time begins and ends. It only reads; what it does late, the load does
// not notice.
//
// Thread safety: none; one thread.
class LoadWatch {
 public:
  // All must outlive this. `log` is that of `loop`.
  LoadWatch(LoadLoop& loop, const OperationLog& log, const TruthSet& truth, const Client& client,
            std::string what, Console& console);

  // From the start of the loop to the end of the measured time. `begin_at` is told when that time
  // begins, as soon as it is known: at once, or when the load is steady. Fills in begin, end,
  // steady, the server and the client's CPU time.
  void Watch(const RunOptions& options, const std::function<void(int64_t begin_ns)>& begin_at,
             MeasuredRun* run);

 private:
  // Until the warm-up is over, which is nanosecond run->begin_ns.
  void WarmUp(const RunOptions& options, const std::function<void(int64_t begin_ns)>& begin_at,
              MeasuredRun* run);
  void WarmUpUntilSteady(MeasuredRun* run);
  // Looks at the load every now and then until `ns`.
  void LookUntil(int64_t ns, const std::string& phase, int64_t shown_end_ns);
  void Look(const std::string& phase, int64_t end_ns);

  LoadLoop& loop_;
  const OperationLog& log_;
  const Client& client_;
  const std::string what_;
  Console& console_;
  size_t seen_ = 0;  // records
  RecentCalls recent_;
  LoadProgress progress_;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_LOAD_WATCH_H_
