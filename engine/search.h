#ifndef NESTOR_ENGINE_SEARCH_H_
#define NESTOR_ENGINE_SEARCH_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/filter_rows.h"
#include "engine/search_context.h"
#include "engine/search_types.h"
#include "engine/view.h"

namespace nestor {

// The rows of each part of a view that are no candidates: dead ones, and those that a filter leaves
// out. Searches of one view with one filter share it.
struct LeftOut {
  std::optional<FilteredRows> filtered;  // with a filter
  std::vector<const RowBitmap*> parts;   // of `filtered` or of the view, which must outlive this
  absl::Duration time;                   // that evaluating the filter took
};
// `filter` may be null. What FilterRows returns.
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
