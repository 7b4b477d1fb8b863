#ifndef NESTOR_BENCHMARKS_FILTERS_REPORT_H_
#define NESTOR_BENCHMARKS_FILTERS_REPORT_H_

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

namespace nestor::bench {

// Adaptive search under one kind of filter, measured and judged. Times are of the processor, per
// query.
struct FilterLine {
  std::string index;
  std::string filter;
  double rows = 0;           // that the filter keeps, mean over the queries
  double scanned_share = 0;  // of the queries: answered by scanning the rows that match
  double recall = 0;
  double full_share = 0;  // of the queries: with as many hits as there can be
  double adaptive_micros = 0;
  double exact_micros = 0;  // the engine's exact plan under the same filter
  double float_micros = 0;  // the bare loop over the rows that match
};

// What every line should reach.
struct FilterTargets {
  double recall = 0;
  double cost_ratio = 2;  // adaptive_micros at most so many times exact_micros
};

// Which targets a line misses, for a reader: "recall 0.9400 < 0.95; ..."; empty: none.
std::string MissedTargets(const FilterLine& line, const FilterTargets& targets);

// All lines as a table; `limit` is the k of recall@k. Then what was missed, or that nothing was,
// and how many lines take more than cost_ratio times as long as the float loop.
void PrintFilterLines(const std::vector<FilterLine>& lines, const FilterTargets& targets,
                      size_t limit, std::ostream& out);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_FILTERS_REPORT_H_
