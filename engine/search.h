#ifndef NESTOR_ENGINE_SEARCH_H_
#define NESTOR_ENGINE_SEARCH_H_

#include <memory>
#include <memory_resource>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
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
  std::pmr::vector<const RowBitmap*> parts;
  uint64_t live = 0;      // points of the view
  uint64_t matching = 0;  // those of them that satisfy the filter
  absl::Duration time;    // that all this took
};
// As of this moment. `filter` may be null; `parts` are in `memory`. What FilterRows returns.
absl::StatusOr<LeftOut> FindLeftOut(
    const View& view, const ResolvedSpec& spec, const Filter* filter, StopCheck stop,
    const Clock& clock, std::pmr::memory_resource* memory = std::pmr::get_default_resource());

// How many are worth answering together: what each of them needs stays in the cache.
inline constexpr size_t kMostTogether = 16;

// Answers each request as it would be answered alone, from one view: plan, shortlist, rerank, exact
// stage, payloads. What several of them read is read once. Takes no lock. `left_out` is of this
// view and of the filter of all requests; what is needed until they are done is in `memory`.
void SearchTogether(const View& view, const ResolvedSpec& spec, const LeftOut& left_out,
                    const Clock& clock, absl::Span<SearchTask> tasks,
                    std::pmr::memory_resource* memory);

// The first `dims` of a vector (0: all), renormalised over these for cosine if they are not all.
std::vector<float> SelectPrefix(Metric metric, absl::Span<const float> vector, uint32_t dims);

// float32 values from stored bytes.
std::vector<float> DecodeVector(absl::string_view bytes);

}  // namespace nestor

#endif  // NESTOR_ENGINE_SEARCH_H_
