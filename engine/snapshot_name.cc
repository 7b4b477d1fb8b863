#include "engine/snapshot_name.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/collection_spec.h"
#include "engine/limits.h"
#include "engine/violations.h"

namespace nestor {
namespace {

// What follows the collection: a digit for '0', a hexadecimal one for 'x', all else as it is.
constexpr absl::string_view kForm = "-00000000T000000Z-xxxxxxxx";

bool Fits(char form, char c) {
  switch (form) {
    case '0':
      return absl::ascii_isdigit(c);
    case 'x':
      return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f');
    default:
      return c == form;
  }
}

}  // namespace

std::string SnapshotName(absl::string_view collection, absl::Time time, uint32_t distinction) {
  return absl::StrCat(collection, "-",
                      absl::FormatTime("%E4Y%m%dT%H%M%SZ", time, absl::UTCTimeZone()),
                      absl::StrFormat("-%08x", distinction));
}

bool IsSnapshotName(absl::string_view name) {
  if (name.size() <= kForm.size()) return false;
  const absl::string_view rest = name.substr(name.size() - kForm.size());
  for (size_t i = 0; i < kForm.size(); ++i) {
    if (!Fits(kForm[i], rest[i])) return false;
  }
  return IsCollectionName(CollectionOfSnapshot(name));
}

absl::string_view CollectionOfSnapshot(absl::string_view name) {
  return name.substr(0, name.size() - kForm.size());
}

absl::Status CheckSnapshotName(absl::string_view name) {
  if (IsSnapshotName(name)) return absl::OkStatus();
  return Violations::Only(
      "name", absl::StrCat("'", absl::CEscape(name.substr(0, 2 * kMaxCollectionNameBytes)),
                           "' is no name of a snapshot, like docs-20261126T121730Z-0a1b2c3d"));
}

}  // namespace nestor
