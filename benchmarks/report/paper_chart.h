#ifndef NESTOR_BENCHMARKS_REPORT_PAPER_CHART_H_
#define NESTOR_BENCHMARKS_REPORT_PAPER_CHART_H_

#include "benchmarks/report/chart.h"
#include "client/json.h"

namespace nestor::bench {

// mAP@k against the operations of a query, of a document of `paper`
// (benchmarks/paper/paper_json.h): exact search by each prefix, shortlists by each prefix ranked at
// all dims, and funnels. No points if the document is another one.
Chart PaperChart(const Json& document);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_REPORT_PAPER_CHART_H_
