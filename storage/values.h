#ifndef NESTOR_STORAGE_VALUES_H_
#define NESTOR_STORAGE_VALUES_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/keys.h"
#include "storage/point_store.h"
#include "storage/types.h"

// The values of the store, byte by byte. Integers and floats are little-endian.
//
//             0        1            5              13      15            15+n
//            +--------+------------+--------------+-------+-------------+----------------
//   point    | format | crc32c:u32 | sequence:u64 | n:u16 | id, n bytes | float32 ...
//            +--------+------------+--------------+-------+-------------+----------------
//
//             0        1            5
//            +--------+------------+-------------
//   checked  | format | crc32c:u32 | bytes ...       payloads, and the messages under meta
//            |        |            |                 and manifests
//            +--------+------------+-------------
//
//   row      u64. Eight bytes and nothing else.
//
//   expiry   i64, microseconds since 1970, UTC; checked.
//
// The crc covers the key and then everything that follows the crc. The key costs 12 bytes of a
// thousand, and with it a good value under the wrong key is found as well. RocksDB checks its
// blocks on its own; this check covers the way from the commit into the block and from the block to
// the reader.
//
// Encoding replaces *value; one string used again and again allocates nothing. Decoding returns
// views into `value`, or DataLossError naming the key.
//
// Thread safety: pure functions.

namespace nestor {

void EncodePoint(absl::string_view key, const StoredPoint& point, std::string* value);
// `key` is the row key, from which point.row comes.
absl::StatusOr<StoredPoint> DecodePoint(absl::string_view key, absl::string_view value);

void EncodeChecked(absl::string_view key, absl::string_view bytes, std::string* value);
absl::StatusOr<absl::string_view> DecodeChecked(Family family, absl::string_view key,
                                                absl::string_view value);

void EncodeExpiry(absl::string_view key, int64_t expire_us, std::string* value);
// `key` is the row key.
absl::StatusOr<int64_t> DecodeExpiry(absl::string_view key, absl::string_view value);

void EncodeRow(Row row, std::string* value);
// `key` is the id key.
absl::StatusOr<Row> DecodeRow(absl::string_view key, absl::string_view value);

}  // namespace nestor

#endif  // NESTOR_STORAGE_VALUES_H_
