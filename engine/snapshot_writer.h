#ifndef NESTOR_ENGINE_SNAPSHOT_WRITER_H_
#define NESTOR_ENGINE_SNAPSHOT_WRITER_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/collection_spec.h"
#include "engine/search_types.h"
#include "engine/view.h"
#include "storage/checked_file.h"

namespace nestor {

// One point in time of a collection as a snapshot needs it: what of a view lies on disk, and not
// its segments, so that their memory is not held for as long as the snapshot is written.
struct SnapshotSource {
  SnapshotSource(const ResolvedSpec& spec, const View& view, absl::Time now);

  ResolvedSpec spec;
  std::shared_ptr<const StoreSnapshot> store;
  std::shared_ptr<const ExpiryTable> expiries;
  PayloadSchema schema;
  Sequence sequence;
  absl::Time now;
  int64_t expired_until_us;  // such points are left out
};

// Writes all files of a snapshot called `name` into an empty directory. The store's errors, those
// of CheckedFiles::Write, and what `stop` says; then the directory is to be thrown away.
absl::Status WriteSnapshot(const SnapshotSource& source, absl::string_view name,
                           const CheckedFiles& files, StopCheck stop);

}  // namespace nestor

#endif  // NESTOR_ENGINE_SNAPSHOT_WRITER_H_
