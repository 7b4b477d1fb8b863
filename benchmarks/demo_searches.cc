#include "benchmarks/demo_searches.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/stopwatch.h"

namespace nestor::bench {
namespace {

bool Contains(const std::vector<std::string>& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

double Share(size_t part, size_t whole) {
  return whole == 0 ? 1 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

absl::StatusOr<SearchRun> RunSearches(const Client& client, const std::string& collection,
                                      const std::vector<DemoQuery>& queries,
                                      const v1::SearchPlan& plan, uint32_t limit) {
  v1::SearchRequest request;
  request.set_collection(collection);
  request.set_limit(limit);
  *request.mutable_plan() = plan;
  SearchRun run;
  for (const DemoQuery& query : queries) {
    *request.mutable_vector() = query.vector;
    const Stopwatch stopwatch;
    const absl::StatusOr<v1::SearchResponse> response = client.Search(request);
    run.seconds.push_back(stopwatch.Seconds());
    if (!response.ok()) {
      return absl::Status(response.status().code(), absl::StrCat("query ", run.ids.size(), ": ",
                                                                 response.status().message()));
    }
    std::vector<std::string> ids;
    for (const v1::Hit& hit : response->hits()) ids.push_back(hit.id().str());
    run.ids.push_back(std::move(ids));
  }
  return run;
}

double RecallAgainst(const SearchRun& exact, const SearchRun& run) {
  size_t found = 0;
  size_t all = 0;
  for (size_t q = 0; q < exact.ids.size(); ++q) {
    all += exact.ids[q].size();
    for (const std::string& id : exact.ids[q]) found += Contains(run.ids[q], id) ? 1 : 0;
  }
  return Share(found, all);
}

double AnswerShare(const std::vector<DemoQuery>& queries, const SearchRun& run) {
  size_t found = 0;
  for (size_t q = 0; q < queries.size(); ++q) {
    found += Contains(run.ids[q], queries[q].answer) ? 1 : 0;
  }
  return Share(found, queries.size());
}

}  // namespace nestor::bench
