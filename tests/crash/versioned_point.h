#ifndef NESTOR_TESTS_CRASH_VERSIONED_POINT_H_
#define NESTOR_TESTS_CRASH_VERSIONED_POINT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "nestor/v1/points.pb.h"

// The points of the crash tests. All that is in one follows from its key and its version, so that
// whoever reads a point can tell, bit by bit, whether it is one that was written.

namespace nestor::testing {

using Key = uint32_t;
using Version = uint32_t;  // of one key, from 1; 0: it was never there

inline constexpr size_t kCrashDims = 512;

struct VersionedKey {
  Key key = 0;
  Version version = 0;
};

v1::PointId IdOf(Key key);  // a number or a string
std::vector<float> VectorOf(Key key, Version version);
std::string PackedVectorOf(Key key, Version version);
// For an upsert. A third of the payloads carry a few hundred bytes besides key and version.
v1::Point PointOf(Key key, Version version);

// What `point`, read with payload and vector, is. DataLossError if id, vector and payload do not
// belong to one version of one key.
absl::StatusOr<VersionedKey> Identify(const v1::Point& point);
// The same for a hit, which may have come without its vector.
absl::StatusOr<VersionedKey> Identify(const v1::Hit& hit);

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CRASH_VERSIONED_POINT_H_
