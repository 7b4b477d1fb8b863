#ifndef NESTOR_STORAGE_CRC32C_H_
#define NESTOR_STORAGE_CRC32C_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace nestor {

// CRC-32C (Castagnoli) as in RFC 3720, the one that processors have an instruction for. The same
// bytes give the same number on every machine: Crc32c("123456789") is 0xe3069283.
//
// To go on where an earlier call ended, hand its result in as `crc`: Crc32c(b, Crc32c(a)) is
// Crc32c(a followed by b).
uint32_t Crc32c(absl::string_view bytes, uint32_t crc = 0);

}  // namespace nestor

#endif  // NESTOR_STORAGE_CRC32C_H_
