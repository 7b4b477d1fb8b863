#include "benchmarks/adaptive_report.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "benchmarks/number_table.h"

namespace nestor::bench {

const FixedLine* CheapestThatFinds(const std::vector<FixedLine>& fixed, double recall) {
  const FixedLine* cheapest = nullptr;
  for (const FixedLine& line : fixed) {
    if (line.recall < recall) continue;
    if (cheapest == nullptr || line.micros < cheapest->micros) cheapest = &line;
  }
  return cheapest;
}

void PrintAdaptive(const std::vector<AdaptiveLine>& adaptive, const std::vector<FixedLine>& fixed,
                   std::ostream& out) {
  NumberTable table(
      {"target", "recall", "answers said", "us", "fixed plan", "recall", "us", "times", "verdict"},
      0);
  for (const AdaptiveLine& line : adaptive) {
    const FixedLine* const plan = CheapestThatFinds(fixed, line.target);
    const bool found = line.recall >= line.target - kTargetSlack;
    const bool cheap = plan == nullptr || line.micros <= kMostOfHindsight * plan->micros;
    table.AddRow({absl::StrFormat("%g", line.target), absl::StrFormat("%.4f", line.recall),
                  line.estimated ? absl::StrFormat("%.4f", *line.estimated) : "-",
                  absl::StrFormat("%.0f", line.micros), plan != nullptr ? plan->knob : "none does",
                  plan != nullptr ? absl::StrFormat("%.4f", plan->recall) : "-",
                  plan != nullptr ? absl::StrFormat("%.0f", plan->micros) : "-",
                  plan != nullptr ? absl::StrFormat("%.2f", line.micros / plan->micros) : "-",
                  !found   ? "TOO LITTLE"
                  : !cheap ? "TOO DEAR"
                           : "ok"});
  }
  table.Print(out);
}

void AddAdaptiveResults(const std::vector<AdaptiveLine>& adaptive,
                        const std::vector<FixedLine>& fixed, size_t limit, Json* document) {
  const std::string recall_field = absl::StrCat("recall_at_", limit);
  Json results = Json::array();
  for (const AdaptiveLine& line : adaptive) {
    Json json = {{"plan", "adaptive"},
                 {"recall_target", line.target},
                 {recall_field, line.recall},
                 {"estimated_recall", line.estimated ? Json(*line.estimated) : Json(nullptr)},
                 {"us_per_query", line.micros}};
    if (const FixedLine* const plan = CheapestThatFinds(fixed, line.target)) {
      json["fixed"] = plan->knob;
      json["fixed_us_per_query"] = plan->micros;
      json["of_fixed"] = line.micros / plan->micros;
    }
    results.push_back(std::move(json));
  }
  for (const FixedLine& line : fixed) {
    results.push_back({{"plan", "fixed"},
                       {"knob", line.knob},
                       {recall_field, line.recall},
                       {"us_per_query", line.micros}});
  }
  (*document)["results"] = std::move(results);
}

}  // namespace nestor::bench
