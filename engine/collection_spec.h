#ifndef NESTOR_ENGINE_COLLECTION_SPEC_H_
#define NESTOR_ENGINE_COLLECTION_SPEC_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "engine/metric.h"
#include "engine/payload_schema.h"
#include "engine/violations.h"
#include "storage/records.pb.h"
#include "storage/types.h"

namespace nestor {

enum class IndexKind { kHnsw, kIvf, kFlat };
enum class TierKind { kInt8, kFloat32 };
// What prefix codes are of: a vector's first dims; its first coordinates in a basis that is learnt
// from the collection's vectors; or these where they keep more of the neighbours.
enum class Transform { kNone, kPca, kAuto };

// What a collection is. Immutable once created. Zeros in prefix, HNSW and IVF fields mean "the
// server chooses"; see ResolvedSpec for what it chose.
struct CollectionSpec {
  std::string name;  // see IsCollectionName
  uint32_t dims = 0;
  Metric metric = Metric::kCosine;
  std::vector<uint32_t>
      matryoshka_dims;  // prefixes the model was trained for, ascending; empty: powers of two
  uint32_t prefix_dims = 0;
  uint32_t prefix_bits = 0;  // 1, 2, 4, 8 or 32
  Transform transform = Transform::kNone;
  IndexKind index_kind = IndexKind::kHnsw;
  uint32_t hnsw_m = 0;
  uint32_t hnsw_ef_construction = 0;
  uint32_t ivf_lists = 0;
  TierKind rerank_tier = TierKind::kInt8;
  float default_recall_target = 0;       // 0: kDefaultRecallTarget
  absl::Duration default_time_budget{};  // zero: none
  std::map<std::string, std::string> labels;
  PayloadSchema payload_indexes;      // those at creation; a view knows the current ones
  bool indexed_filters_only = false;  // a filter on a field without an index is refused

  friend bool operator==(const CollectionSpec&, const CollectionSpec&) = default;
};

inline constexpr float kDefaultRecallTarget = 0.95f;
// What a prefix code takes, one cache line, unless the user asks for something else.
inline constexpr uint32_t kPrefixCodeBits = 512;
inline constexpr uint32_t kDefaultHnswM = 16;
inline constexpr uint32_t kDefaultHnswEfConstruction = 200;

// A spec with the server's own choices filled in, and the identity that the store gave it.
struct ResolvedSpec : CollectionSpec {
  CollectionNumber number{};
  std::string uuid;
  absl::Time create_time;
  CollectionSpec requested;  // as the user sent it
};

// [a-zA-Z0-9_-]{1,64}
bool IsCollectionName(absl::string_view name);

// Adds one violation for each field that is out of range, named as in nestor.v1.Collection.
void ValidateSpec(const CollectionSpec& spec, Violations* violations);
// The same for one payload index, called `field` in the request.
void ValidatePayloadIndex(const IndexedField& index, absl::string_view field,
                          Violations* violations);

storage::CollectionRecord ToRecord(const CollectionSpec& spec);
// The record of an existing collection, with other payload indexes.
storage::CollectionRecord ToRecord(const ResolvedSpec& spec, const PayloadSchema& payload_indexes);
// Fills in the choices. InvalidArgumentError-free: records were validated when they were written.
ResolvedSpec FromRecord(const storage::CollectionRecord& record);

}  // namespace nestor

#endif  // NESTOR_ENGINE_COLLECTION_SPEC_H_
