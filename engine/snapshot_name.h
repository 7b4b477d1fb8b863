#ifndef NESTOR_ENGINE_SNAPSHOT_NAME_H_
#define NESTOR_ENGINE_SNAPSHOT_NAME_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// Snapshots have names that the server chooses, and those are the names of their directories:
//
//   docs-20261126T121730Z-0a1b2c3d
//
// is of collection "docs", made at that second in UTC; eight hexadecimal digits keep two of one
// second apart. A name has letters, digits, '-' and '_' only, and so leads nowhere as a path.
//
// Thread safety: pure functions.

namespace nestor {

// REQUIRES: IsCollectionName(collection); `time` is in the years 1 to 9999.
std::string SnapshotName(absl::string_view collection, absl::Time time, uint32_t distinction);

bool IsSnapshotName(absl::string_view name);
// The collection that a snapshot is of, by its name. REQUIRES: IsSnapshotName(name).
absl::string_view CollectionOfSnapshot(absl::string_view name);
// OK for a name; otherwise InvalidArgumentError, naming it as the field "name" of a request.
absl::Status CheckSnapshotName(absl::string_view name);

}  // namespace nestor

#endif  // NESTOR_ENGINE_SNAPSHOT_NAME_H_
