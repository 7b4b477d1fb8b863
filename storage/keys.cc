#include "storage/keys.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "storage/check.h"
#include "storage/fixed_width.h"

namespace nestor {
namespace {

constexpr absl::string_view kCollectionPrefix = "collection/";
constexpr absl::string_view kAppliedPrefix = "applied/";
constexpr absl::string_view kNumberPrefix = "number/";
constexpr absl::string_view kRestoringPrefix = "restoring/";
constexpr size_t kNumberBytes = sizeof(uint32_t);
constexpr size_t kRowBytes = sizeof(uint64_t);

std::string PrefixedNumber(absl::string_view prefix, CollectionNumber collection) {
  std::string key(prefix);
  AppendBigEndian(ToNumber(collection), &key);
  return key;
}

// All keys that begin with `prefix`, which ends in '/'.
KeyRange PrefixRange(absl::string_view prefix) {
  KeyRange range{std::string(prefix), std::string(prefix)};
  ++range.limit.back();
  return range;
}

}  // namespace

absl::string_view FamilyName(Family family) {
  switch (family) {
    case Family::kMeta:
      return "meta";
    case Family::kPoints:
      return "points";
    case Family::kPayloads:
      return "payloads";
    case Family::kIds:
      return "ids";
    case Family::kTombstones:
      return "tombstones";
    case Family::kManifests:
      return "manifests";
    case Family::kExpiries:
      return "expiries";
  }
  NESTOR_CHECK(false);
}

std::string FormatKey() { return "format"; }

std::string CollectionKey(absl::string_view name) { return absl::StrCat(kCollectionPrefix, name); }

std::string AppliedKey(CollectionNumber collection) {
  return PrefixedNumber(kAppliedPrefix, collection);
}

std::string NumberKey(CollectionNumber collection) {
  return PrefixedNumber(kNumberPrefix, collection);
}

std::string RestoringKey(CollectionNumber collection) {
  return PrefixedNumber(kRestoringPrefix, collection);
}

std::string RowKey(CollectionNumber collection, Row row) {
  std::string key = ManifestKey(collection);
  AppendBigEndian(ToNumber(row), &key);
  return key;
}

std::string IdKey(CollectionNumber collection, absl::string_view encoded_id) {
  return absl::StrCat(ManifestKey(collection), encoded_id);
}

std::string ManifestKey(CollectionNumber collection) { return PrefixedNumber("", collection); }

KeyRange CollectionRange(CollectionNumber collection) {
  NESTOR_CHECK(collection <= kMaxCollectionNumber);
  return {ManifestKey(collection), ManifestKey(CollectionNumber{ToNumber(collection) + 1})};
}

KeyRange RowRange(CollectionNumber collection, Row first, Row limit) {
  return {RowKey(collection, first), RowKey(collection, limit)};
}

KeyRange IdRange(CollectionNumber collection, const PointId& after) {
  KeyRange range = CollectionRange(collection);
  if (!after.encoded().empty()) {
    range.first = IdKey(collection, after.encoded());
    range.first.push_back('\0');  // the very next key
  }
  return range;
}

KeyRange CollectionKeyRange() { return PrefixRange(kCollectionPrefix); }

KeyRange NumberKeyRange() { return PrefixRange(kNumberPrefix); }

KeyRange RestoringKeyRange() { return PrefixRange(kRestoringPrefix); }

bool ParseRowKey(absl::string_view key, CollectionNumber* collection, Row* row) {
  if (key.size() != kNumberBytes + kRowBytes) return false;
  *collection = CollectionNumber{ReadBigEndian<uint32_t>(key)};
  *row = Row{ReadBigEndian<uint64_t>(key.substr(kNumberBytes))};
  return true;
}

bool ParseIdKey(absl::string_view key, CollectionNumber* collection, PointId* id) {
  if (key.size() < kNumberBytes) return false;
  if (!PointId::FromEncoded(key.substr(kNumberBytes), id)) return false;
  *collection = CollectionNumber{ReadBigEndian<uint32_t>(key)};
  return true;
}

bool ParseNumberKey(absl::string_view key, CollectionNumber* collection) {
  if (!absl::ConsumePrefix(&key, kNumberPrefix) || key.size() != kNumberBytes) return false;
  *collection = CollectionNumber{ReadBigEndian<uint32_t>(key)};
  return true;
}

std::string DescribeKey(Family family, absl::string_view key) {
  CollectionNumber collection{};
  Row row = kNoRow;
  PointId id;
  const absl::string_view name = FamilyName(family);
  if (family == Family::kIds && ParseIdKey(key, &collection, &id)) {
    return absl::StrCat(name, " of collection ", ToNumber(collection), ", id ",
                        absl::Utf8SafeCEscape(id.ToString()));
  }
  if (family != Family::kMeta && family != Family::kIds && ParseRowKey(key, &collection, &row)) {
    return absl::StrCat(name, " of collection ", ToNumber(collection), ", row ", ToNumber(row));
  }
  return absl::StrCat(name, ", key ", absl::Utf8SafeCEscape(key));
}

}  // namespace nestor
