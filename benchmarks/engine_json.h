#ifndef NESTOR_BENCHMARKS_ENGINE_JSON_H_
#define NESTOR_BENCHMARKS_ENGINE_JSON_H_

#include <cstddef>
#include <vector>

#include "benchmarks/engine_report.h"
#include "client/json.h"

namespace nestor::bench {

// Adds "results" to a document, one object for each line, with the fields system, params,
// recall_at_<limit>, map_at_<limit> (with labels), us_per_query, cpu_us_per_query, pass_us,
// build_seconds, resident_bytes_per_vector, mapped_bytes_per_vector and grown_bytes_per_vector,
// bytes_per_vector_by_part (of ours: resident and mapped of "index", "rerank tier" and "points");
// and "at_equal_recall" and, with labels, "at_equal_map":
//
//   [{"system":"nestor_hnsw","params":{...},"quality":0.96,"us_per_query":41.5,
//     "baselines":[{"system":"hnsw_full","kind":"interpolated","us_per_query":93.1,"ratio":2.24},
//                  {"system":"ivf_prefix","kind":"not_reached"}]}]
//
// The third kind is "at_most": even the cheapest setting has more quality, and this is its time.
void AddResults(const std::vector<ReportLine>& lines, size_t limit, Json* document);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_ENGINE_JSON_H_
