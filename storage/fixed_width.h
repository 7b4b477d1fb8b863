#ifndef NESTOR_STORAGE_FIXED_WIDTH_H_
#define NESTOR_STORAGE_FIXED_WIDTH_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

// Unsigned integers as bytes, the same on every processor. Big-endian in keys, because then bytes
// sort like numbers; little-endian in values.
//
// Reading: REQUIRES: bytes.size() >= sizeof(Integer); what follows is ignored.

namespace nestor {

template <typename Integer>
void AppendBigEndian(Integer value, std::string* out) {
  for (size_t i = sizeof(Integer); i-- > 0;) out->push_back(static_cast<char>(value >> (8 * i)));
}

template <typename Integer>
Integer ReadBigEndian(absl::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < sizeof(Integer); ++i) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return static_cast<Integer>(value);
}

template <typename Integer>
void AppendLittleEndian(Integer value, std::string* out) {
  for (size_t i = 0; i < sizeof(Integer); ++i) out->push_back(static_cast<char>(value >> (8 * i)));
}

template <typename Integer>
Integer ReadLittleEndian(absl::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = sizeof(Integer); i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return static_cast<Integer>(value);
}

}  // namespace nestor

#endif  // NESTOR_STORAGE_FIXED_WIDTH_H_
