#include "engine/query_reservoir.h"

#include <algorithm>
#include <random>

#include "engine/random_mix.h"
#include "storage/check.h"

namespace nestor {

void QueryReservoir::Offer(absl::Span<const float> query) {
  NESTOR_CHECK(query.size() == dims_);
  const uint64_t number = offered_.fetch_add(1, std::memory_order_relaxed);
  const uint64_t chance = RandomMix(number);
  if (number >= capacity_ && chance % kShare != 0) return;
  absl::MutexLock lock(&mu_);
  if (values_ == nullptr) {
    values_ = std::make_unique_for_overwrite<float[]>(capacity_ * dims_);  // touched as it fills
  }
  const size_t place = size_ < capacity_ ? size_++ : chance / kShare % capacity_;
  std::copy(query.begin(), query.end(), values_.get() + place * dims_);
}

size_t QueryReservoir::size() const {
  absl::MutexLock lock(&mu_);
  return size_;
}

std::vector<std::vector<float>> QueryReservoir::Sample() const {
  std::vector<std::vector<float>> queries;
  {
    absl::MutexLock lock(&mu_);
    for (size_t i = 0; i < size_; ++i) {
      const float* const query = values_.get() + i * dims_;
      queries.emplace_back(query, query + dims_);
    }
  }
  std::shuffle(queries.begin(), queries.end(), std::mt19937_64(queries.size()));
  return queries;
}

}  // namespace nestor
