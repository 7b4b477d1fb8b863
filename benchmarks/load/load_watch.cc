#include "benchmarks/load/load_watch.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "benchmarks/load/steady_state.h"

namespace nestor::bench {
namespace {

constexpr absl::Duration kLookEvery = absl::Milliseconds(100);

double OwnCpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return absl::ToDoubleSeconds(absl::DurationFromTimeval(usage.ru_utime) +
                               absl::DurationFromTimeval(usage.ru_stime));
}

}  // namespace

LoadWatch::LoadWatch(LoadLoop& loop, const OperationLog& log, const TruthSet& truth,
                     const Client& client, std::string what, Console& console)
    : loop_(loop),
      log_(log),
      client_(client),
      what_(std::move(what)),
      console_(console),
      recent_(truth),
      progress_(console.err_is_terminal ? ProgressStyle::kBar : ProgressStyle::kLines,
                absl::Now()) {}

void LoadWatch::Watch(const RunOptions& options,
                      const std::function<void(int64_t begin_ns)>& begin_at, MeasuredRun* run) {
  WarmUp(options, begin_at, run);
  run->end_ns = run->begin_ns + static_cast<int64_t>(1e9 * options.seconds);
  loop_.EndAt(run->end_ns);
  recent_.ForgetRecall();
  run->server.before = AskServer(client_);
  const double cpu_seconds = OwnCpuSeconds();
  LookUntil(run->end_ns, "measuring", run->end_ns);
  run->client_cpu_seconds = OwnCpuSeconds() - cpu_seconds;
  run->server.after = AskServer(client_);
  console_.err << progress_.Finish() << std::flush;
}

void LoadWatch::WarmUp(const RunOptions& options,
                       const std::function<void(int64_t begin_ns)>& begin_at, MeasuredRun* run) {
  if (!options.warmup.time.has_value()) {
    WarmUpUntilSteady(run);
    begin_at(run->begin_ns);
    return;
  }
  run->begin_ns = absl::ToInt64Nanoseconds(*options.warmup.time);
  begin_at(run->begin_ns);
  loop_.EndAt(run->begin_ns + static_cast<int64_t>(1e9 * options.seconds));
  LookUntil(run->begin_ns, "warming up", run->begin_ns);
}

void LoadWatch::WarmUpUntilSteady(MeasuredRun* run) {
  const int64_t window_ns = absl::ToInt64Nanoseconds(kSteadyWindow);
  const int64_t last_ns = absl::ToInt64Nanoseconds(kMaxWarmup);
  std::vector<double> medians;
  do {
    run->begin_ns += window_ns;
    LookUntil(run->begin_ns, "warming up", last_ns);
    medians.push_back(recent_.p50_ms());
    run->steady = IsSteady(medians);
  } while (!run->steady && run->begin_ns < last_ns);
}

void LoadWatch::LookUntil(int64_t ns, const std::string& phase, int64_t shown_end_ns) {
  for (int64_t left_ns; (left_ns = ns - loop_.NowNs()) > 0;) {
    absl::SleepFor(std::min(absl::Nanoseconds(left_ns), kLookEvery));
    Look(phase, shown_end_ns);
  }
}

void LoadWatch::Look(const std::string& phase, int64_t end_ns) {
  const std::vector<OperationRecord> records = log_.From(seen_);
  seen_ += records.size();
  const int64_t now_ns = loop_.NowNs();
  recent_.Add(records, now_ns);
  const absl::Time now = absl::Now();
  if (!progress_.Due(now)) return;
  console_.err << progress_.Show(what_ + ", " + phase, recent_, absl::Nanoseconds(end_ns - now_ns),
                                 now)
               << std::flush;
}

}  // namespace nestor::bench
