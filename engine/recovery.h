#ifndef NESTOR_ENGINE_RECOVERY_H_
#define NESTOR_ENGINE_RECOVERY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/collection_spec.h"
#include "engine/search_context.h"
#include "engine/view.h"
#include "storage/checked_file.h"
#include "storage/point_store.h"

namespace nestor {

struct RecoveredView {
  View view;  // without a delta
  uint64_t next_file = 1;
  std::vector<std::string> files;  // that are there, and all are in use
  bool files_lost = false;         // the manifest names some that are not there any more
  std::vector<Row> forgettable;    // tombstones of rows that no segment has
};

// The view of a collection as the store has it now. Segments come from the files that the manifest
// names; a file that is damaged or missing is reported to `lost`, set aside, and its rows are read
// from the store as those are that no file has: into segments that are searched by scanning, until
// they are built in the background. Files of the collection that the manifest does not name are
// removed: they were written by a merge that did not come to its end. `files` may be null: none are
// kept. What takes long says every few seconds to `progress` how far it is. The store's errors, and
// ResourceExhaustedError if memory runs out.
absl::StatusOr<RecoveredView> RecoverView(const ResolvedSpec& spec, const PointStore& store,
                                          const CheckedFiles* files, const Clock& clock,
                                          absl::FunctionRef<void(absl::string_view)> progress,
                                          absl::FunctionRef<void(absl::string_view)> lost);

}  // namespace nestor

#endif  // NESTOR_ENGINE_RECOVERY_H_
