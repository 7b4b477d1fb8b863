#ifndef NESTOR_BENCHMARKS_PAPER_PAPER_REPORT_H_
#define NESTOR_BENCHMARKS_PAPER_PAPER_REPORT_H_

#include <ostream>

#include "benchmarks/paper/paper_results.h"

namespace nestor::bench {

// All experiments as tables, in percent, with a line or two of what the columns are. Adaptive
// retrieval is a triangle of mAP: shortlist dims down, rerank dims across.
void PrintPaper(const PaperResults& results, std::ostream& out);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_PAPER_PAPER_REPORT_H_
