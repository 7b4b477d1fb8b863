#ifndef NESTOR_BENCHMARKS_ADAPTIVE_REPORT_H_
#define NESTOR_BENCHMARKS_ADAPTIVE_REPORT_H_

#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "client/json.h"

namespace nestor::bench {

// Adaptive searches for one recall, measured.
struct AdaptiveLine {
  double target = 0;
  double recall = 0;                // of fresh queries
  std::optional<double> estimated;  // what the answers said
  double micros = 0;                // per query, median of the passes
};

// The same plan for every query.
struct FixedLine {
  std::string knob;
  double recall = 0;
  double micros = 0;
};

// The cheapest of the fixed plans that finds as much as `recall`, chosen with hindsight; null: none
// does.
const FixedLine* CheapestThatFinds(const std::vector<FixedLine>& fixed, double recall);

// What the promises allow: a target counts as reached from so much below it on, and an adaptive
// search may take so many times what the fixed plan takes.
inline constexpr double kTargetSlack = 0.005;
inline constexpr double kMostOfHindsight = 1.25;

// A line for each target: what was found, what that took, and beside it the cheapest fixed plan
// that finds the target.
void PrintAdaptive(const std::vector<AdaptiveLine>& adaptive, const std::vector<FixedLine>& fixed,
                   std::ostream& out);

// "results" of a document, an object for each adaptive and for each fixed plan: {"plan":"adaptive",
// "recall_target",...} with "fixed" and "of_fixed" where there is one, and {"plan":"fixed",...}.
void AddAdaptiveResults(const std::vector<AdaptiveLine>& adaptive,
                        const std::vector<FixedLine>& fixed, size_t limit, Json* document);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_ADAPTIVE_REPORT_H_
