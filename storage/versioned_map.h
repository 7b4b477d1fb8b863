#ifndef NESTOR_STORAGE_VERSIONED_MAP_H_
#define NESTOR_STORAGE_VERSIONED_MAP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "storage/apply_record.h"
#include "storage/keys.h"

namespace nestor {

// Keys and values in memory, of which every version stays until nobody can see it any more.
//
// Thread safety: thread-safe.
class VersionedMap {
 public:
  // One for each Apply, from 1.
  using Version = uint64_t;
  // Null stands for a key that is not there. Stays valid for as long as somebody holds it.
  using Value = std::shared_ptr<const std::string>;

  // Makes one new version of all operations that `write` hands to the function it gets. `write`
  // must not use the map.
  using Sink = absl::FunctionRef<void(const KeyOperation& operation)>;
  void Apply(absl::FunctionRef<void(Sink sink)> write) ABSL_LOCKS_EXCLUDED(mutex_);

  // Returns the newest version, which now stays readable until Unpin.
  Version Pin() ABSL_LOCKS_EXCLUDED(mutex_);
  void Unpin(Version version) ABSL_LOCKS_EXCLUDED(mutex_);

  // The values of `keys`, in their order. REQUIRES: `version` is pinned.
  std::vector<Value> Get(Version version, Family family, absl::Span<const std::string> keys) const
      ABSL_LOCKS_EXCLUDED(mutex_);
  // The first entries of `range`, at most `limit`. REQUIRES: `version` is pinned.
  std::vector<std::pair<std::string, Value>> Scan(Version version, Family family,
                                                  const KeyRange& range, size_t limit) const
      ABSL_LOCKS_EXCLUDED(mutex_);
  // Bytes of keys and newest values in `range`.
  uint64_t Bytes(Family family, const KeyRange& range) const ABSL_LOCKS_EXCLUDED(mutex_);

  // Versions of all keys together, those included that only a pinned version sees.
  size_t CountVersions() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct VersionedValue {
    Version since;
    Value value;
  };
  using History = std::vector<VersionedValue>;  // ascending, never empty
  using Map = std::map<std::string, History, std::less<>>;
  // When all versions before `since` are let go of, the key has a version that nobody sees.
  struct Garbage {
    Version since;
    Family family;
    std::string key;
  };

  static Value ValueAt(const History& history, Version version);
  void ApplyOperation(const KeyOperation& operation) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Write(Family family, absl::string_view key, History* history, Value value)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CollectGarbage() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  std::array<Map, kAllFamilies.size()> maps_ ABSL_GUARDED_BY(mutex_);
  std::deque<Garbage> garbage_ ABSL_GUARDED_BY(mutex_);  // `since` ascends
  std::multiset<Version> pinned_ ABSL_GUARDED_BY(mutex_);
  Version newest_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace nestor

#endif  // NESTOR_STORAGE_VERSIONED_MAP_H_
