#include "engine/recall_audit.h"

#include <cmath>
#include <utility>

#include "engine/random_mix.h"

namespace nestor {

RecallAudit::RecallAudit(double share)
    : period_(share > 0 ? static_cast<uint64_t>(std::llround(1 / share)) : 0) {}

void RecallAudit::Offer(const SearchRequest& request, const AdaptiveRequest& wanted) {
  if (period_ == 0) return;
  // Searches may come in a rhythm of their own.
  const uint64_t number = offered_.fetch_add(1, std::memory_order_relaxed);
  if (RandomMix(number) % period_ != 0) return;
  Search search{.vector = {request.vector.begin(), request.vector.end()},
                .top = request.limit + request.offset,
                .wanted = wanted,
                .filter = {}};
  if (request.filter != nullptr) search.filter = *request.filter;
  absl::MutexLock lock(&mu_);
  if (waiting_.size() < kMostWaiting) waiting_.push_back(std::move(search));
}

std::optional<RecallAudit::Search> RecallAudit::Take() {
  absl::MutexLock lock(&mu_);
  if (waiting_.empty()) return std::nullopt;
  std::optional<Search> search = std::move(waiting_.front());
  waiting_.pop_front();
  return search;
}

bool RecallAudit::Add(double recall, double target, bool calibrated, absl::Time now) {
  absl::MutexLock lock(&mu_);
  outcomes_.push_back({static_cast<float>(recall), static_cast<float>(target)});
  if (outcomes_.size() > kWindow) outcomes_.pop_front();
  if (!calibrated || !alarm_.Add(recall, target)) return false;
  alarm_.Reset();
  ++alarms_;
  last_alarm_ = now;
  return true;
}

void RecallAudit::Restart() {
  absl::MutexLock lock(&mu_);
  outcomes_.clear();
  alarm_.Reset();
}

AuditFigures RecallAudit::figures() const {
  absl::MutexLock lock(&mu_);
  AuditFigures figures{.searches = outcomes_.size(), .alarms = alarms_, .last_alarm = last_alarm_};
  for (const Outcome& outcome : outcomes_) {
    figures.recall += outcome.recall / static_cast<double>(outcomes_.size());
    figures.target += outcome.target / static_cast<double>(outcomes_.size());
  }
  return figures;
}

}  // namespace nestor
