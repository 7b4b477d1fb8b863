#ifndef NESTOR_BENCHMARKS_LOAD_RUN_JSON_H_
#define NESTOR_BENCHMARKS_LOAD_RUN_JSON_H_

#include "benchmarks/load/load_target.h"
#include "benchmarks/load/run_summary.h"
#include "client/json.h"

namespace nestor::bench {

// What is searched, as fields of a document: "data", "collection", "limit" (the k of recall).
void AddData(const LoadTarget& target, Json* document);
// What all runs of one document share, as fields of it: what AddData adds, "filter" (null: none),
// "mix", "churn_rows", "arrivals", "seconds", "connections", "timeout_ms", "seed".
void AddTarget(const LoadTarget& target, const RunOptions& options, Json* document);

// One run, as fields of a document or of one of its "results": "mode" ("open loop" or "closed
// loop"), "plan", "latency_ms" (of the searches), "recall_at_k", "recall_low" and "recall_high" (95
// %), "recall_worst_decile" (all four null if nothing could be judged), "errors" by the name of the
// code, "valid", "invalid_because" (the reasons), "operations" (by kind), "client" and "server"
// (what they did and used), "warmup_seconds", "steady".
void AddRun(const ReportedRun& reported, Json* fields);
// And what is long: "percentiles", "windows", "stages".
void AddRunDetails(const ReportedRun& reported, const TruthSet& truth, Json* fields);

// One of "results": {"params":params,"qps":..} and what AddRun adds. `qps` are answers a second.
Json ResultJson(const ReportedRun& reported, const Json& params);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_RUN_JSON_H_
