#ifndef NESTOR_STORAGE_APPLY_RECORD_H_
#define NESTOR_STORAGE_APPLY_RECORD_H_

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "storage/keys.h"
#include "storage/records.pb.h"

// What a commit record means, as operations on keys. Every store, and later every replica, applies
// records through this function, so that the same records give the same bytes everywhere.
//
//   put           points, payloads (if not empty), expiries (if it expires) and ids of the new row;
//                 the replaced row dies
//   erase         ids; the row dies
//   payload put   payloads, which go if it is empty
//   expiry put    expiries, which go if the row lasts from now on
//   a row dies    its points and payloads go, its expiries if the record says that there are any;
//                 a tombstone comes
//   any write     meta/applied = {sequence, next_row}
//   create        meta/collection, meta/number
//   update        meta/collection
//   drop          meta/collection and meta/applied go, and all of the collection elsewhere
//   forget        tombstones go
//   manifest      manifests
//   restore       meta/restoring, meta/number
//   end restore   meta/restoring goes; with a collection, as create; without, as drop
//
// Puts are applied in order, then erases in order. One record may put an id more than once (each
// put names the row it replaces) but not both put and erase it: that takes two records, because the
// order would matter.
//
// Thread safety: a pure function.

namespace nestor {

struct KeyOperation {
  enum class Kind { kPut, kDelete, kDeleteRange };
  Kind kind;
  Family family;
  absl::string_view key;
  absl::string_view
      value;  // kPut: the value. kDeleteRange: the key at which the range ends. kDelete: empty.
};

// Hands the operations of `record` to `emit`, in the order in which they take effect. Their views
// are valid only during the call.
//
// REQUIRES: CheckRecords (storage/check_records.h) accepts the record.
void ApplyRecord(const storage::CommitRecord& record,
                 absl::FunctionRef<void(const KeyOperation& operation)> emit);

}  // namespace nestor

#endif  // NESTOR_STORAGE_APPLY_RECORD_H_
