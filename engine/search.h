#ifndef NESTOR_ENGINE_SEARCH_H_
#define NESTOR_ENGINE_SEARCH_H_

#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "engine/filter_rows.h"
#include "engine/search_context.h"
#include "engine/search_types.h"
#include "engine/view.h"

namespace nestor {

// The rows of each part of a view that are no candidates: dead and expired ones, and those that a
// filter leaves out. Searches of one view with one filter share it.
struct LeftOut {
  std::optional<FilteredRows> filtered;  // with a filter
  // Without one: of the parts in which rows are expired but not marked, the dead and these.
  absl::flat_hash_map<size_t, std::unique_ptr<RowBitmap>> expired;
  // Of `filtered`, `expired` or the view, which must outlive this.
  std::vector<const RowBitmap*> parts;
  uint64_t live = 0;      // points of the view
  uint64_t matching = 0;  // those of them that satisfy the filter
  absl::Duration time;    // that all this took
};
// As of this moment. `filter` may be null. What FilterRows returns.
absl::StatusOr<LeftOut> FindLeftOut(const View& view, const ResolvedSpec& spec,
                                    const Filter* filter, StopCheck stop, const Clock& clock);

// Answers a valid request from one view: plan, shortlist, rerank, exact stage, payloads. Takes no
// lock. `left_out` is of this view and of the filter of the request.
//
// NotFoundError if request.like names no point; OutOfRangeError if request.min_sequence is ahead of
// the view; what `stop` says; what the store says.
absl::StatusOr<SearchResult> SearchView(const View& view, const ResolvedSpec& spec,
                                        const SearchRequest& request, const LeftOut& left_out,
                                        StopCheck stop, const Clock& clock);

// The first `dims` of a vector (0: all), renormalised over these for cosine if they are not all.
std::vector<float> SelectPrefix(Metric metric, absl::Span<const float> vector, uint32_t dims);

// float32 values from stored bytes.
std::vector<float> DecodeVector(absl::string_view bytes);

}  // namespace nestor

#endif  // NESTOR_ENGINE_SEARCH_H_
