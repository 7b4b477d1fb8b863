#ifndef NESTOR_ENGINE_FILTER_ROWS_H_
#define NESTOR_ENGINE_FILTER_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
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

// The same filter for rows that are asked about one batch after another: a caller who stops early
// has read only the payloads that it asked for.
//
// Thread safety: none.
class RowFilter {
 public:
  // What indexes know is evaluated here. REQUIRES and errors as above; `view`, `filter` and what
  // `stop` refers to must outlive this.
  static absl::StatusOr<RowFilter> Make(const View& view, CollectionNumber collection,
                                        const Filter& filter, StopCheck stop);
  RowFilter(RowFilter&&) noexcept;
  RowFilter& operator=(RowFilter&&) noexcept;
  ~RowFilter();

  // Which of these live rows of the view satisfy the filter. Errors as above.
  absl::StatusOr<std::vector<bool>> Match(absl::Span<const Row> rows);

 private:
  struct State;
  explicit RowFilter(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_FILTER_ROWS_H_
