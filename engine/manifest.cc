#include "engine/manifest.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"

namespace nestor {
namespace {

constexpr size_t kNumberDigits = 8;
constexpr size_t kNameLength = 8 + 1 + 16 + 8;

}  // namespace

storage::ManifestRecord ManifestOf(const View& view, uint64_t next_file) {
  storage::ManifestRecord manifest;
  manifest.set_next_file(next_file);
  Row watermark = view.deltas.front().delta->first_row();
  for (const View::SegmentPart& part : view.segments) {
    for (const storage::ManifestRecord::File& file : part.kept->files) {
      *manifest.add_files() = file;
    }
    watermark = std::min(watermark, part.kept->first_uncovered.value_or(watermark));
  }
  manifest.set_watermark(ToNumber(watermark));
  return manifest;
}

std::string SegmentFileName(CollectionNumber collection, uint64_t file) {
  return absl::StrFormat("%08x-%016x.segment", ToNumber(collection), file);
}

bool ParseSegmentFileName(absl::string_view name, CollectionNumber* collection) {
  uint32_t number = 0;
  if (name.size() != kNameLength || !absl::EndsWith(name, ".segment") ||
      !absl::SimpleHexAtoi(name.substr(0, kNumberDigits), &number)) {
    return false;
  }
  *collection = CollectionNumber{number};
  return true;
}

}  // namespace nestor
