#include "benchmarks/report/paper_chart.h"

#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "benchmarks/report/fields.h"

namespace nestor::bench {
namespace {

std::pair<double, double> PointOf(const Json& result, const std::string& precision) {
  return {Number(result, "mflops"), 100 * Number(result, precision)};
}

// The last dims that a shortlist is ranked by.
double RerankDims(const Json& result) {
  const std::vector<Json> dims = Elements(result, "rerank_dims");
  return dims.empty() ? Number(Json()) : Number(dims.back());
}

}  // namespace

Chart PaperChart(const Json& document) {
  const std::string limit = absl::StrFormat("%g", Number(document, "limit"));
  const std::string precision = "map_at_" + limit;
  Series exact = {"exact search by a prefix", {}, true};
  for (const Json& prefix : Elements(document, "by_prefix")) {
    exact.points.push_back(PointOf(prefix, precision));
  }
  const double full_dims =
      exact.points.empty() ? 0 : Number(Elements(document, "by_prefix").back(), "dims");
  Series adaptive = {
      absl::StrFormat("the best %g by a prefix, ranked at all dims", Number(document, "shortlist")),
      {},
      true};
  for (const Json& result : Elements(document, "adaptive")) {
    if (RerankDims(result) == full_dims) adaptive.points.push_back(PointOf(result, precision));
  }
  Series funnel = {"funnel from a prefix", {}, true};
  for (const Json& result : Elements(document, "funnel")) {
    funnel.points.push_back(PointOf(result, precision));
  }
  return {"mAP against the work of a query",
          {"millions of multiply-adds per query", AxisScale::kLog},
          {"mAP@" + limit + ", percent"},
          {std::move(exact), std::move(adaptive), std::move(funnel)}};
}

}  // namespace nestor::bench
