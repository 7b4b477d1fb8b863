#ifndef NESTOR_BENCHMARKS_PAPER_PAPER_JSON_H_
#define NESTOR_BENCHMARKS_PAPER_PAPER_JSON_H_

#include "benchmarks/paper/paper_results.h"
#include "client/json.h"

namespace nestor::bench {

// Adds to a document, shares between 0 and 1, names ending in _at_10 for a limit of 10:
//
//   "limit":10,"shortlist":200,
//   "by_prefix":[{"dims":8,"top1":..,"map_at_10":..,"neighbour_recall_at_10":..,"mflops":..,
//                 "of_exact":..,"at":[{"k":10,"map":..,"precision":..,"label_recall":..},...]}],
//   "adaptive":[{"shortlist_dims":8,"rerank_dims":[16],"lists":[200],"map_at_10":..,"top1":..,
//                "mflops":..,"of_exact":..}],
//   "funnel":[the same],
//   "classification":{"fixed":[{"dims":8,"accuracy":..}],
//                     "adaptive":[{"tolerance":0.0,"thresholds":[0.1,null,..],"mean_dims":..,
//                                  "accuracy":..}]}         null: the prefix never decides
//
// and, if times were measured, "results" and what else engine_json.h has, and
//
//   "speed_up":{"prefix_dims":16,"map_at_10":..,"theoretical":128.0,"theoretical_with_rerank":..,
//               "systems":[{"system":"exact_prefix","kind":"at_most","us_per_query":..}]}
void AddPaperResults(const PaperResults& results, Json* document);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_PAPER_PAPER_JSON_H_
