#include "storage/crc32c.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <cstddef>

namespace nestor {

uint32_t Crc32c(absl::string_view bytes, uint32_t crc) {
  constexpr size_t kStepBytes = size_t{1} << 30;  // the library counts in int
  uint32_t state = ~crc;
  while (!bytes.empty()) {
    const absl::string_view step = bytes.substr(0, kStepBytes);
    // The library only reads, it just lacks the const.
    auto* data = reinterpret_cast<unsigned char*>(const_cast<char*>(step.data()));
    state = crc32_iscsi(data, static_cast<int>(step.size()), state);
    bytes.remove_prefix(step.size());
  }
  return ~state;
}

}  // namespace nestor
