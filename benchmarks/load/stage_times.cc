#include "benchmarks/load/stage_times.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "benchmarks/quantile.h"

namespace nestor::bench {
namespace {

double Micros(const google::protobuf::Duration& duration) {
  return 1e-3 *
         static_cast<double>(google::protobuf::util::TimeUtil::DurationToNanoseconds(duration));
}

Json StageJson(const std::string& name, const std::vector<double>& micros) {
  return {{"name", name},
          {"count", micros.size()},
          {"mean_us",
           std::accumulate(micros.begin(), micros.end(), 0.0) / static_cast<double>(micros.size())},
          {"p50_us", Quantile(micros, 0.5)},
          {"p99_us", Quantile(micros, 0.99)}};
}

}  // namespace

void StageTimes::Add(int64_t intended_ns, const v1::SearchStats& stats) {
  absl::MutexLock lock(&mu_);
  if (intended_ns < begin_ns_ || total_.size() == kMaxSamples) return;
  queue_.push_back(Micros(stats.queue_time()));
  total_.push_back(Micros(stats.total_time()));
  std::map<std::string, int> seen;
  size_t position = 0;
  for (const v1::StageStats& stage : stats.stages()) {
    const int times = ++seen[stage.name()];
    AddTo(&position, times == 1 ? stage.name() : absl::StrCat(stage.name(), " ", times),
          Micros(stage.time()));
  }
}

// A stage that no search had so far goes where this one has it: behind the stage before.
void StageTimes::AddTo(size_t* position, const std::string& name, double micros) {
  auto stage = std::find_if(stages_.begin(), stages_.end(),
                            [&](const Stage& known) { return known.name == name; });
  if (stage == stages_.end()) {
    stage = stages_.insert(stages_.begin() + static_cast<ptrdiff_t>(*position), {name, {}});
  }
  stage->micros.push_back(micros);
  *position = static_cast<size_t>(stage - stages_.begin()) + 1;
}

void StageTimes::CountFrom(int64_t ns) {
  absl::MutexLock lock(&mu_);
  if (ns <= begin_ns_) return;
  begin_ns_ = ns;
  queue_.clear();
  total_.clear();
  stages_.clear();
}

Json StageTimes::ToJson() const {
  absl::MutexLock lock(&mu_);
  Json stages = Json::array();
  if (total_.empty()) return stages;
  stages.push_back(StageJson("queue", queue_));
  for (const Stage& stage : stages_) stages.push_back(StageJson(stage.name, stage.micros));
  stages.push_back(StageJson("total", total_));
  return stages;
}

}  // namespace nestor::bench
