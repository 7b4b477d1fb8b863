#include "engine/manifest.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace nestor {
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
  if (view.calibration != nullptr) *manifest.mutable_calibration() = ToRecord(*view.calibration);
  manifest.set_calibration_is_void(view.calibration_is_void);
  return manifest;
}

std::string SegmentFileName(CollectionNumber collection, uint64_t file) {
  return absl::StrFormat("%08x-%016x.segment", ToNumber(collection), file);
}

bool ParseSegmentFileName(absl::string_view name, CollectionNumber* collection, uint64_t* file) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(name, absl::MaxSplits('-', 1));
  uint32_t number = 0;
  if (!absl::SimpleHexAtoi(parts.first, &number) ||
      !absl::SimpleHexAtoi(absl::StripSuffix(parts.second, ".segment"), file)) {
    return false;
  }
  *collection = CollectionNumber{number};
  return name == SegmentFileName(*collection, *file);  // and not a like name of somebody else
}

}  // namespace nestor
