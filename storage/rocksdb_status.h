#ifndef NESTOR_STORAGE_ROCKSDB_STATUS_H_
#define NESTOR_STORAGE_ROCKSDB_STATUS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "rocksdb/slice.h"
#include "rocksdb/status.h"

namespace nestor {

// A failed read or open as our status: damage is DataLossError, a failing disk UnavailableError,
// all else InternalError. `doing` says what failed: `read points of collection 3, row 17`.
// REQUIRES: !status.ok().
absl::Status FromRocksDb(const rocksdb::Status& status, absl::string_view doing);

inline rocksdb::Slice ToSlice(absl::string_view bytes) { return {bytes.data(), bytes.size()}; }
inline absl::string_view ToView(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

}  // namespace nestor

#endif  // NESTOR_STORAGE_ROCKSDB_STATUS_H_
