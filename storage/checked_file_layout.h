#ifndef NESTOR_STORAGE_CHECKED_FILE_LAYOUT_H_
#define NESTOR_STORAGE_CHECKED_FILE_LAYOUT_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/fixed_width.h"

// What writing and reading a checked file (checked_file.h draws it) have in common.

namespace nestor::checked_file {

inline constexpr absl::string_view kMagic("\x89NST\r\n\x1a\n", 8);
inline constexpr absl::string_view kEnd = "TSEN";
inline constexpr size_t kFixedBytes = 24;  // before the table
inline constexpr size_t kEntryBytes = 24;
inline constexpr size_t kCrcBytes = 4;
inline constexpr size_t kFooterBytes = 16;
inline constexpr size_t kAlignment = 64;
inline constexpr char kZeros[kAlignment] = {};
inline constexpr size_t kChunkBytes = size_t{1} << 20;  // of one read or write

inline uint64_t Aligned(uint64_t offset) {
  return (offset + kAlignment - 1) / kAlignment * kAlignment;
}

inline size_t CrcOffset(absl::string_view header) {
  return kFixedBytes + kEntryBytes * ReadLittleEndian<uint32_t>(header.substr(12));
}
inline uint32_t CrcOf(absl::string_view header) {
  return ReadLittleEndian<uint32_t>(header.substr(CrcOffset(header)));
}

// The same numbers as in the header, at the end: a file that was cut short has none.
inline std::string MakeFooter(absl::string_view header) {
  return absl::StrCat(header.substr(16, 8), header.substr(CrcOffset(header), kCrcBytes), kEnd);
}

}  // namespace nestor::checked_file

#endif  // NESTOR_STORAGE_CHECKED_FILE_LAYOUT_H_
