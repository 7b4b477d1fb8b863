#include "benchmarks/load/operation_log.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_format.h"

namespace nestor::bench {

absl::Status CheckOperations(double rate, double seconds) {
  const double calls = rate * seconds;
  if (calls <= static_cast<double>(kMaxOperations)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("%g calls a second for %g s are %.0f calls; the limit is %d", rate, seconds,
                      calls, kMaxOperations));
}

double HighestRate(double seconds) {
  return std::max(1.0, std::floor(static_cast<double>(kMaxOperations) / seconds));
}

void OperationLog::Add(const OperationRecord& record) {
  absl::MutexLock lock(&mu_);
  if (records_.size() < limit_) records_.push_back(record);
}

bool OperationLog::full() const {
  absl::MutexLock lock(&mu_);
  return records_.size() >= limit_;
}

void OperationLog::AwaitSize(size_t records) const {
  const auto enough = [&]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return records_.size() >= records; };
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(&enough));
}

std::vector<OperationRecord> OperationLog::From(size_t first) const {
  absl::MutexLock lock(&mu_);
  if (first >= records_.size()) return {};
  return {records_.begin() + static_cast<ptrdiff_t>(first), records_.end()};
}

std::deque<OperationRecord> OperationLog::Take() {
  absl::MutexLock lock(&mu_);
  return std::exchange(records_, {});
}

}  // namespace nestor::bench
