#ifndef NESTOR_STORAGE_KEYS_H_
#define NESTOR_STORAGE_KEYS_H_

#include <array>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "storage/types.h"

// The keys of the store, byte by byte. Keys sort by bytes; integers are big-endian, so that they
// sort by value.
//
//   family      key                                 value (storage/values.h)
//   meta        "format"                            u32 format version of the store
//               "collection/" name                  checked CollectionRecord
//               "applied/" collection:u32           checked AppliedRecord
//               "number/" collection:u32            empty; stays after a drop
//               "restoring/" collection:u32         checked CollectionRecord, until the restore
//               ends
//   points      collection:u32 row:u64              point
//   payloads    collection:u32 row:u64              checked payload; no key if there is none
//   ids         collection:u32 encoded id           row
//   tombstones  collection:u32 row:u64              empty
//   manifests   collection:u32                      checked ManifestRecord
//   expiries    collection:u32 row:u64              checked expiry; no key if the row lasts
//
//              0           4                       12
//             +-----------+-----------------------+
//   row key   | number:u32| row:u64               |
//             +-----------+-----------------------+
//
//              0           4      5                       13
//             +-----------+------+-----------------------+
//   number id | number:u32| 0x01 | id:u64                |
//             +-----------+------+-----------------------+
//   string id | number:u32| 0x02 | 1 to 256 bytes ...
//             +-----------+------+------------------
//
// Everything of a collection in one family is one range of keys, which is how a collection is
// dropped.

namespace nestor {

enum class Family { kMeta, kPoints, kPayloads, kIds, kTombstones, kManifests, kExpiries };
inline constexpr std::array<Family, 7> kAllFamilies = {
    Family::kMeta,       Family::kPoints,    Family::kPayloads, Family::kIds,
    Family::kTombstones, Family::kManifests, Family::kExpiries};
// Those in which each key begins with the number of its collection.
inline constexpr std::array<Family, 6> kCollectionFamilies = {
    Family::kPoints,     Family::kPayloads,  Family::kIds,
    Family::kTombstones, Family::kManifests, Family::kExpiries};
// As the family is called on disk: "points".
absl::string_view FamilyName(Family family);

// The last number a collection may have: the next one would have no key after its range.
inline constexpr CollectionNumber kMaxCollectionNumber{0xfffffffe};

std::string FormatKey();
std::string CollectionKey(absl::string_view name);
std::string AppliedKey(CollectionNumber collection);
std::string NumberKey(CollectionNumber collection);
std::string RestoringKey(CollectionNumber collection);
std::string RowKey(CollectionNumber collection, Row row);
std::string IdKey(CollectionNumber collection, absl::string_view encoded_id);
std::string ManifestKey(CollectionNumber collection);

// first <= key < limit.
struct KeyRange {
  std::string first;
  std::string limit;
};
// Every key of `collection` in each of kCollectionFamilies. REQUIRES: collection <=
// kMaxCollectionNumber.
KeyRange CollectionRange(CollectionNumber collection);
// Keys of the rows with first <= row < limit.
KeyRange RowRange(CollectionNumber collection, Row first, Row limit);
// Keys of the ids greater than `after`, of all ids if it is empty.
KeyRange IdRange(CollectionNumber collection, const PointId& after);
KeyRange CollectionKeyRange();
KeyRange NumberKeyRange();
KeyRange RestoringKeyRange();

// False if `key` cannot be a key of that kind.
bool ParseRowKey(absl::string_view key, CollectionNumber* collection, Row* row);
bool ParseIdKey(absl::string_view key, CollectionNumber* collection, PointId* id);
bool ParseNumberKey(absl::string_view key, CollectionNumber* collection);

// For messages to people: `points of collection 3, row 17`.
std::string DescribeKey(Family family, absl::string_view key);

}  // namespace nestor

#endif  // NESTOR_STORAGE_KEYS_H_
