#ifndef NESTOR_ENGINE_QUERY_SAMPLE_H_
#define NESTOR_ENGINE_QUERY_SAMPLE_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/collection_spec.h"
#include "engine/query_reservoir.h"
#include "engine/search_types.h"
#include "engine/view.h"
#include "storage/types.h"

// Queries to measure searches by.

namespace nestor {

// Whose neighbours are searched for: a vector, or a point of the collection, which is itself no
// hit then and of no use to the index, as it is of none to queries that are no points.
struct SampledQuery {
  std::vector<float> vector = {};
  std::optional<PointId> like = {};
  double norm = 0;

  // Lets `request`, which views this, search for it.
  void SetTarget(SearchRequest* request) const;
};

// Up to `count` live points of `view` in random order. The store's errors.
absl::StatusOr<std::vector<SampledQuery>> DrawPoints(const View& view, const ResolvedSpec& spec,
                                                     size_t count);
// All that the reservoir has, in random order.
std::vector<SampledQuery> DrawQueries(const QueryReservoir& reservoir);

}  // namespace nestor

#endif  // NESTOR_ENGINE_QUERY_SAMPLE_H_
