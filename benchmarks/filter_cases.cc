#include "benchmarks/filter_cases.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "absl/strings/str_format.h"

namespace nestor::bench {
namespace {

size_t RowsToKeep(double share, size_t rows) {
  const double wanted = std::round(share * static_cast<double>(rows));
  return std::clamp<size_t>(static_cast<size_t>(wanted), 1, rows);
}

Filter MakeFilter(const char* field, CompareOp op, const std::vector<int64_t>& values) {
  Filter filter;
  filter.kind = Filter::Kind::kCompare;
  filter.comparison = {field, op, {values.begin(), values.end()}};
  PrepareFilter(&filter);
  return filter;
}

QueryFilter RanksBelow(int64_t end, const FilterFields& fields) {
  QueryFilter result{MakeFilter(kRankField, CompareOp::kLess, {end}), {}};
  for (uint32_t row = 0; row < fields.ranks.size(); ++row) {
    if (fields.ranks[row] < end) result.rows.push_back(row);
  }
  return result;
}

std::vector<size_t> RegionSizes(const FilterFields& fields) {
  std::vector<size_t> sizes(fields.seeds.size());
  for (const int64_t region : fields.regions) ++sizes[region];
  return sizes;
}

// All regions, the one whose seed scores best against the query first.
std::vector<int64_t> RegionsByScore(const FilterFields& fields, const ExactScorer& scorer,
                                    const float* query) {
  std::vector<double> scores;
  for (const uint32_t seed : fields.seeds) scores.push_back(scorer.Score(query, seed));
  std::vector<int64_t> regions(scores.size());
  std::iota(regions.begin(), regions.end(), 0);
  std::stable_sort(regions.begin(), regions.end(),
                   [&](int64_t a, int64_t b) { return scores[a] > scores[b]; });
  return regions;
}

// The first of `order` that together hold `keep` rows.
QueryFilter FirstRegions(const std::vector<int64_t>& order, size_t keep,
                         const std::vector<size_t>& sizes, const FilterFields& fields) {
  std::vector<int64_t> chosen;
  std::vector<bool> is_chosen(order.size());
  for (size_t kept = 0; kept < keep; kept += sizes[chosen.back()]) {
    chosen.push_back(order[chosen.size()]);
    is_chosen[chosen.back()] = true;
  }
  QueryFilter result{MakeFilter(kRegionField, CompareOp::kIn, chosen), {}};
  for (uint32_t row = 0; row < fields.regions.size(); ++row) {
    if (is_chosen[fields.regions[row]]) result.rows.push_back(row);
  }
  return result;
}

const char* RelationName(Relation relation) {
  switch (relation) {
    case Relation::kIndependent:
      return "independent";
    case Relation::kNear:
      return "near";
    case Relation::kFar:
      return "far";
  }
  return "unknown";
}

}  // namespace

std::string FilterCaseName(const FilterCase& filter_case) {
  return absl::StrFormat("%s %g %%", RelationName(filter_case.relation), 100 * filter_case.share);
}

std::vector<QueryFilter> MakeQueryFilters(const FilterCase& filter_case, const FilterFields& fields,
                                          const ExactScorer& scorer, const FloatMatrix& queries) {
  const size_t keep = RowsToKeep(filter_case.share, fields.ranks.size());
  if (filter_case.relation == Relation::kIndependent) {
    return {queries.rows, RanksBelow(static_cast<int64_t>(keep), fields)};
  }
  const std::vector<size_t> sizes = RegionSizes(fields);
  std::vector<QueryFilter> filters;
  for (size_t q = 0; q < queries.rows; ++q) {
    std::vector<int64_t> order = RegionsByScore(fields, scorer, queries.Row(q));
    if (filter_case.relation == Relation::kFar) std::reverse(order.begin(), order.end());
    filters.push_back(FirstRegions(order, keep, sizes, fields));
  }
  return filters;
}

}  // namespace nestor::bench
