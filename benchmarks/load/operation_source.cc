#include "benchmarks/load/operation_source.h"

#include <numeric>
#include <utility>

namespace nestor::bench {

OperationSource::OperationSource(const OperationSourceOptions& options)
    : options_(options), random_(options.seed), order_(options.queries), next_(options.queries) {
  std::iota(order_.begin(), order_.end(), 0U);
}

Operation OperationSource::Next() {
  absl::MutexLock lock(&mu_);
  Operation operation;
  operation.kind = options_.mix.At(Draw());
  if (operation.kind == OperationKind::kSearch) {
    operation.query = NextQuery();
    operation.explain = Draw() < options_.explain;
    return operation;
  }
  operation.row = options_.first_churned +
                  static_cast<uint32_t>(random_() % (options_.rows - options_.first_churned));
  if (operation.kind == OperationKind::kDelete) deleted_.insert(operation.row);
  return operation;
}

std::set<uint32_t> OperationSource::deleted() const {
  absl::MutexLock lock(&mu_);
  return deleted_;
}

double OperationSource::Draw() { return static_cast<double>(random_() >> 11) * 0x1p-53; }

uint32_t OperationSource::NextQuery() {
  if (next_ == order_.size()) {
    for (size_t i = order_.size(); i > 1; --i) std::swap(order_[i - 1], order_[random_() % i]);
    next_ = 0;
  }
  return order_[next_++];
}

}  // namespace nestor::bench
