#ifndef NESTOR_ENGINE_FILTER_ROWS_H_
#define NESTOR_ENGINE_FILTER_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/filter.h"
#include "engine/row_bitmap.h"
#include "engine/search_types.h"
#include "engine/view.h"
#include "storage/types.h"

namespace nestor {

// The live rows of a view that satisfy a filter.
struct FilteredRows {
  std::vector<RowBitmap> left_out;  // by part: dead, or not satisfying the filter
  uint64_t matching = 0;            // live rows that satisfy it
  uint64_t payloads_read = 0;       // for fields that have no index, or not yet
  uint64_t payload_bytes = 0;
};

// Evaluates `filter` exactly: on payload indexes where there are some, otherwise on the payloads
// themselves, of which it reads only those that can make a difference, once each. REQUIRES: the
// filter is valid and prepared. What `stop` says; the store's errors.
absl::StatusOr<FilteredRows> FilterRows(const View& view, CollectionNumber collection,
                                        const Filter& filter, StopCheck stop);

}  // namespace nestor

#endif  // NESTOR_ENGINE_FILTER_ROWS_H_
