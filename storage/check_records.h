#ifndef NESTOR_STORAGE_CHECK_RECORDS_H_
#define NESTOR_STORAGE_CHECK_RECORDS_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "storage/records.pb.h"

namespace nestor {

// OK if all of `records` can be applied. Otherwise InvalidArgumentError, or FailedPreconditionError
// for a format newer than kCommitFormat, naming the record by its position, and the value and its
// limit.
//
// Thread safety: a pure function; it cannot see whether a replaced row was ever there.
absl::Status CheckRecords(absl::Span<const storage::CommitRecord> records);

}  // namespace nestor

#endif  // NESTOR_STORAGE_CHECK_RECORDS_H_
