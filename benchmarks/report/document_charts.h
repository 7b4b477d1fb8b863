#ifndef NESTOR_BENCHMARKS_REPORT_DOCUMENT_CHARTS_H_
#define NESTOR_BENCHMARKS_REPORT_DOCUMENT_CHARTS_H_

#include <optional>
#include <vector>

#include "benchmarks/report/chart.h"
#include "client/json.h"

namespace nestor::bench {

// The charts of one document of nestor-bench, those without a point left out:
//
//   engine        queries per second against recall, one series for each system; the same for mAP
//   adaptive      queries per second against recall: adaptive searches, and the same plan for all
//   sweep         queries per second against recall, and the Pareto frontier
//   run, open     latency by percentile; latency and recall second by second
//   run, closed   queries per second against recall, latency against clients
//   limit         p99 against the rate, probe by probe
//   paper         mAP against operations; with times, what an engine has, too
std::vector<Chart> ChartsOf(const Json& document);

// Where the time of a search goes in the server, from the stages of a `run`. The whole is the queue
// and the total behind it. Nothing if the document has no stages.
std::optional<Waterfall> WaterfallOf(const Json& document);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_REPORT_DOCUMENT_CHARTS_H_
