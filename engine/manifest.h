#ifndef NESTOR_ENGINE_MANIFEST_H_
#define NESTOR_ENGINE_MANIFEST_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/view.h"
#include "storage/records.pb.h"
#include "storage/types.h"

namespace nestor {

// The manifest of a view: the files of its segments, and the row below which they hold every row
// that is alive.
storage::ManifestRecord ManifestOf(const View& view, uint64_t next_file);

// "0000002a-0000000000000007.segment": the 7th file of collection 42.
std::string SegmentFileName(CollectionNumber collection, uint64_t file);
// False if `name` is none.
bool ParseSegmentFileName(absl::string_view name, CollectionNumber* collection, uint64_t* file);

}  // namespace nestor

#endif  // NESTOR_ENGINE_MANIFEST_H_
