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
inline constexpr uint32_t kStoreFormat = 2;

}  // namespace nestor

#endif  // NESTOR_STORAGE_ROCKSDB_STORE_H_
