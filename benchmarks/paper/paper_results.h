#ifndef NESTOR_BENCHMARKS_PAPER_PAPER_RESULTS_H_
#define NESTOR_BENCHMARKS_PAPER_PAPER_RESULTS_H_

#include <cstddef>
#include <vector>

#include "benchmarks/engine_report.h"
#include "benchmarks/paper/adaptive_classification.h"
#include "benchmarks/paper/adaptive_retrieval.h"
#include "benchmarks/paper/label_quality.h"

namespace nestor::bench {

// Exact search by one prefix.
struct PrefixResult {
  RetrievalResult search;
  std::vector<QualityAtK> at;   // by ascending k, `limit` first
  double neighbour_recall = 0;  // at `limit`, against exact search at all dims
};

// All that `paper` finds out.
struct PaperResults {
  size_t rows = 0;
  size_t full_dims = 0;
  size_t limit = 0;
  size_t shortlist = 0;
  std::vector<PrefixResult> prefixes;     // dims ascend
  std::vector<RetrievalResult> adaptive;  // see RetrieveAdaptively
  std::vector<RetrievalResult> funnels;

  // On the half of the queries that thresholds were not learned on.
  struct Fixed {
    size_t dims = 0;
    double accuracy = 0;
  };
  std::vector<Fixed> fixed;
  std::vector<AdaptiveResult> classification;

  size_t wall_clock_dims = 0;          // of the shortlists
  std::vector<ReportLine> wall_clock;  // empty: nothing was timed
};

// What adaptive retrieval must reach to be compared with whole vectors: their mAP less 0.5 points.
inline constexpr double kPrecisionTolerance = 0.005;
double WantedPrecision(const PaperResults& results);

// N D / (N D_s): how many times less a search of prefixes computes, the rerank left out.
double TheoreticalRatio(const PaperResults& results);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_PAPER_PAPER_RESULTS_H_
