#include "engine/expiry_table.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace nestor {
namespace {

template <typename T>
SortedChunks<T> Changed(const SortedChunks<T>& set,
                        std::vector<typename SortedChunks<T>::Change> changes) {
  std::sort(changes.begin(), changes.end());
  return set.With(changes);
}

}  // namespace

ExpireTime ToExpireTime(absl::Time time) {
  if (time == absl::InfiniteFuture()) return std::nullopt;
  return absl::ToUnixMicros(time);
}

absl::Time FromExpireTime(ExpireTime expire_us) {
  return expire_us ? absl::FromUnixMicros(*expire_us) : absl::InfiniteFuture();
}

ExpiryTable ExpiryTable::With(const ExpiryChanges& changes) const {
  std::vector<SortedChunks<std::pair<int64_t, Row>>::Change> by_time;
  std::vector<SortedChunks<std::pair<Row, int64_t>>::Change> by_row;
  for (const auto& [row, expire_us] : changes) {
    const ExpireTime before = Find(row);
    if (before == expire_us) continue;
    if (before) {
      by_time.push_back({{*before, row}, false});
      by_row.push_back({{row, *before}, false});
    }
    if (expire_us) {
      by_time.push_back({{*expire_us, row}, true});
      by_row.push_back({{row, *expire_us}, true});
    }
  }
  ExpiryTable next;
  next.by_time_ = Changed(by_time_, std::move(by_time));
  next.by_row_ = Changed(by_row_, std::move(by_row));
  return next;
}

ExpireTime ExpiryTable::Find(Row row) const {
  ExpireTime found;
  by_row_.VisitFrom({row, std::numeric_limits<int64_t>::min()}, [&](const auto& element) {
    if (element.first == row) found = element.second;
    return false;
  });
  return found;
}

void ExpiryTable::VisitExpiring(int64_t after_us, int64_t until_us,
                                absl::FunctionRef<bool(Row)> visit) const {
  if (after_us >= until_us) return;
  by_time_.VisitFrom({after_us + 1, kNoRow}, [&](const auto& element) {
    return element.first <= until_us && visit(element.second);
  });
}

}  // namespace nestor
