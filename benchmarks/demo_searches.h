#ifndef NESTOR_BENCHMARKS_DEMO_SEARCHES_H_
#define NESTOR_BENCHMARKS_DEMO_SEARCHES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "benchmarks/demo_data.h"
#include "client/client.h"
#include "nestor/v1/points.pb.h"

namespace nestor::bench {

// All queries of a demo, one after the other.
struct SearchRun {
  std::vector<std::vector<std::string>> ids;  // of each query's hits, best first
  std::vector<double> seconds;                // of each call
};

// Searches for the best `limit` points with every query, one call at a time. The first failed call
// ends it.
absl::StatusOr<SearchRun> RunSearches(const Client& client, const std::string& collection,
                                      const std::vector<DemoQuery>& queries,
                                      const v1::SearchPlan& plan, uint32_t limit);

// The share of all ids of `exact` that `run` found too. 1 if there are none.
double RecallAgainst(const SearchRun& exact, const SearchRun& run);

// The share of the queries whose answer is among the hits.
double AnswerShare(const std::vector<DemoQuery>& queries, const SearchRun& run);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_DEMO_SEARCHES_H_
