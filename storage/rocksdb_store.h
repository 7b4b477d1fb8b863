#ifndef NESTOR_STORAGE_ROCKSDB_STORE_H_
#define NESTOR_STORAGE_ROCKSDB_STORE_H_

#include <cstdint>

namespace nestor {

// Of the directory as a whole; stored under meta/format when it is created or first opened by a
// program that writes this format.
//
//   1   the first
//   2   tombstones stay for as long as a segment file that the manifest names has their rows; a
//       program of format 1 would forget them
//   3   a store that was closed in peace has a record of its files (storage/closing_record.h),
//   which
//       a program of format 2 would leave as it was
inline constexpr uint32_t kStoreFormat = 3;

}  // namespace nestor

#endif  // NESTOR_STORAGE_ROCKSDB_STORE_H_
