#ifndef NESTOR_SERVER_CONVERT_SEARCH_H_
#define NESTOR_SERVER_CONVERT_SEARCH_H_

#include <vector>

#include "absl/status/statusor.h"
#include "engine/collection_spec.h"
#include "engine/search_types.h"
#include "nestor/v1/points.pb.h"

namespace nestor {

// A valid search in the engine's form. Owns the vector that it views.
struct OwnedSearch {
  std::vector<float> vector;
  SearchRequest request;
};

// InvalidArgumentError with every violation; UnimplementedError for a filter.
absl::StatusOr<OwnedSearch> ReadSearch(const v1::SearchRequest& request, const ResolvedSpec& spec);
// What `defaults` of a batch says; the vector is left open. Errors as above, fields named under
// "defaults".
absl::StatusOr<SearchRequest> ReadSearchDefaults(const v1::SearchRequest& defaults,
                                                 const ResolvedSpec& spec);

absl::Status WriteSearchResult(const SearchResult& result, const v1::SearchRequest& request,
                               absl::Duration queue_time, v1::SearchResponse* out);

}  // namespace nestor

#endif  // NESTOR_SERVER_CONVERT_SEARCH_H_
