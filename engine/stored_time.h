#ifndef NESTOR_ENGINE_STORED_TIME_H_
#define NESTOR_ENGINE_STORED_TIME_H_

#include <cstdint>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace nestor {

// Whether a stored time, in microseconds since 1970, UTC, is one that a request can say: of the
// years 1 to 9999.
inline bool IsStoredTime(int64_t time_us) {
  static const int64_t first =
      absl::ToUnixMicros(absl::FromCivil(absl::CivilSecond(1), absl::UTCTimeZone()));
  static const int64_t limit =
      absl::ToUnixMicros(absl::FromCivil(absl::CivilSecond(10000), absl::UTCTimeZone()));
  return time_us >= first && time_us < limit;
}

}  // namespace nestor

#endif  // NESTOR_ENGINE_STORED_TIME_H_
