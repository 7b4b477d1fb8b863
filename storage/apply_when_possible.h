#ifndef NESTOR_STORAGE_APPLY_WHEN_POSSIBLE_H_
#define NESTOR_STORAGE_APPLY_WHEN_POSSIBLE_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "storage/point_store.h"

namespace nestor {

// As PointStore::Apply of one record, but waits while the store is behind with its own work: for
// changes that are rare, and whose caller could do nothing else. What `stop` says ends the wait.
absl::Status ApplyWhenPossible(PointStore& store, const storage::CommitRecord& record,
                               absl::FunctionRef<absl::Status()> stop);
absl::Status ApplyWhenPossible(PointStore& store, const storage::CommitRecord& record);

}  // namespace nestor

#endif  // NESTOR_STORAGE_APPLY_WHEN_POSSIBLE_H_
