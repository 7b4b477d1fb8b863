#ifndef NESTOR_STORAGE_KEY_VALUE_VIEW_H_
#define NESTOR_STORAGE_KEY_VALUE_VIEW_H_

#include <cstddef>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/keys.h"

namespace nestor {

// A consistent state of a store, as keys and values: the small part of a StoreSnapshot that differs
// between RocksDB and memory.
//
// Thread safety: thread-safe. No lock is held while a visitor runs.
class KeyValueView {
 public:
  virtual ~KeyValueView() = default;

  // `value` is null if the key is not there, and otherwise valid only during the call.
  using ValueVisitor =
      absl::FunctionRef<absl::Status(size_t index, const absl::string_view* value)>;
  // Calls `visit` for each of `keys`, in order, until it returns an error, which is then returned.
  // REQUIRES: `keys` ascend and do not repeat.
  virtual absl::Status Get(Family family, absl::Span<const std::string> keys,
                           ValueVisitor visit) const = 0;

  // True to go on. Key and value are valid only during the call.
  using EntryVisitor =
      absl::FunctionRef<absl::StatusOr<bool>(absl::string_view key, absl::string_view value)>;
  // Calls `visit` for each key of `range`, ascending, until it returns false or an error, which is
  // then returned.
  virtual absl::Status Scan(Family family, const KeyRange& range, EntryVisitor visit) const = 0;
};

}  // namespace nestor

#endif  // NESTOR_STORAGE_KEY_VALUE_VIEW_H_
