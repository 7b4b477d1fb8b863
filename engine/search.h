#ifndef NESTOR_ENGINE_SEARCH_H_
#define NESTOR_ENGINE_SEARCH_H_

#include "absl/status/statusor.h"
#include "engine/search_context.h"
#include "engine/search_types.h"
#include "engine/view.h"

namespace nestor {

// Answers a valid request from one view: plan, shortlist, rerank, exact stage, payloads. Takes no
// lock.
//
// NotFoundError if request.like names no point; OutOfRangeError if request.min_sequence is ahead of
// the view; what `stop` says; what the store says.
absl::StatusOr<SearchResult> SearchView(const View& view, const ResolvedSpec& spec,
                                        const SearchRequest& request, StopCheck stop,
                                        const Clock& clock);

// The first `dims` of a vector (0: all), renormalised over these for cosine if they are not all.
std::vector<float> SelectPrefix(Metric metric, absl::Span<const float> vector, uint32_t dims);

// float32 values from stored bytes.
std::vector<float> DecodeVector(absl::string_view bytes);

}  // namespace nestor

#endif  // NESTOR_ENGINE_SEARCH_H_
