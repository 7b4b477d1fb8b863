#ifndef NESTOR_BENCHMARKS_FILTER_CASES_H_
#define NESTOR_BENCHMARKS_FILTER_CASES_H_

#include <string>
#include <vector>

#include "benchmarks/answers.h"
#include "benchmarks/filter_fields.h"
#include "benchmarks/float_matrix.h"
#include "benchmarks/ground_truth.h"
#include "engine/filter.h"

namespace nestor::bench {

// How the rows that a filter keeps lie to the query.
enum class Relation {
  kIndependent,  // a random choice, the same for every query
  kNear,         // correlated: the regions whose seeds score highest against the query
  kFar,          // anti-correlated: the regions whose seeds score lowest
};

// A kind of filter. `share` of all rows are kept, in (0, 1]: exactly (rounded, at least one) when
// independent, otherwise as few whole regions as hold that many.
struct FilterCase {
  Relation relation = Relation::kIndependent;
  double share = 1;
};

// "independent 0.1 %".
std::string FilterCaseName(const FilterCase& filter_case);

// The filter of one query, prepared, and the rows that satisfy it, ascending: found from the fields
// alone, not by the engine.
struct QueryFilter {
  Filter filter;
  RowIds rows;
};

// One for each query. `scorer` is that of the base that the fields belong to.
std::vector<QueryFilter> MakeQueryFilters(const FilterCase& filter_case, const FilterFields& fields,
                                          const ExactScorer& scorer, const FloatMatrix& queries);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_FILTER_CASES_H_
