#ifndef NESTOR_SERVER_CONVERT_SEARCH_H_
#define NESTOR_SERVER_CONVERT_SEARCH_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/collection.h"
#include "engine/filter.h"
#include "engine/search_types.h"
#include "nestor/v1/points.pb.h"

namespace nestor {

// A valid search in the engine's form. Owns what its request views, but for what the message has.
struct OwnedSearch {
  std::vector<float> decoded;
  std::unique_ptr<const Filter> filter;
  SearchRequest request;
};

// Views `request`, which came when the client would wait for `time_left`. InvalidArgumentError with
// every violation.
absl::StatusOr<OwnedSearch> ReadSearch(const v1::SearchRequest& request,
                                       const Collection& collection, absl::Duration time_left);
// What `defaults` says of all queries; the vector is left open. Errors as above, fields named under
// `field`.
absl::StatusOr<OwnedSearch> ReadSearchDefaults(const v1::SearchRequest& defaults,
                                               absl::string_view field,
                                               const Collection& collection,
                                               absl::Duration time_left);

// Whether the search reads every row of the collection, whatever its query is. Such searches read
// the same, and may wait for each other: they have no time budget.
bool ReadsAllRows(const v1::SearchRequest& request, const ResolvedSpec& spec);

void WriteRecallReport(const RecallReport& report, v1::MeasureRecallResponse* out);

absl::Status WriteSearchResult(const SearchResult& result, const v1::SearchRequest& request,
                               absl::Duration queue_time, v1::SearchResponse* out);

}  // namespace nestor

#endif  // NESTOR_SERVER_CONVERT_SEARCH_H_
