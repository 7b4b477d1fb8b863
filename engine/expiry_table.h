#ifndef NESTOR_ENGINE_EXPIRY_TABLE_H_
#define NESTOR_ENGINE_EXPIRY_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "engine/sorted_chunks.h"
#include "storage/types.h"

namespace nestor {

// When points expire, to the microsecond; absl::InfiniteFuture(): never. As stored: microseconds
// since 1970, nothing for never.
using ExpireTime = std::optional<int64_t>;
ExpireTime ToExpireTime(absl::Time time);
absl::Time FromExpireTime(ExpireTime expire_us);

// By row; nothing: it lasts from now on.
using ExpiryChanges = absl::flat_hash_map<Row, ExpireTime>;

// Which rows of a collection expire, and when. A changed table shares with the one it was made from
// what did not change, so that each view can have its own. 32 bytes and a little for each row that
// expires.
//
// Thread safety: immutable.
class ExpiryTable {
 public:
  ExpiryTable With(const ExpiryChanges& changes) const;

  size_t size() const { return by_row_.size(); }
  // Nothing if it does not expire.
  ExpireTime Find(Row row) const;
  // The rows that expire after `after_us` and not after `until_us`, by time, until `visit` returns
  // false.
  void VisitExpiring(int64_t after_us, int64_t until_us,
                     absl::FunctionRef<bool(Row row)> visit) const;

 private:
  SortedChunks<std::pair<int64_t, Row>> by_time_;
  SortedChunks<std::pair<Row, int64_t>> by_row_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_EXPIRY_TABLE_H_
