#include "server/uuid.h"

#include <cstdint>
#include <random>

#include "absl/strings/str_format.h"

namespace nestor {

std::string NewUuid() {
  std::random_device random;
  const auto next = [&random] { return uint64_t{random()} << 32 | random(); };
  const uint64_t high = (next() & ~uint64_t{0xf000}) | 0x4000;               // version 4
  const uint64_t low = (next() & ~(uint64_t{3} << 62)) | uint64_t{1} << 63;  // variant 10
  return absl::StrFormat("%08x-%04x-%04x-%04x-%012x", high >> 32, (high >> 16) & 0xffff,
                         high & 0xffff, low >> 48, low & 0xffffffffffff);
}

}  // namespace nestor
