#include "benchmarks/load/plan_text.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

absl::Status BadPlan(absl::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrCat("plan '", text, "' is not default, exact, recall:0.95 or funnel:SIZE[:EFFORT]"));
}

using Words = std::vector<absl::string_view>;

bool ReadRecall(const Words& words, v1::SearchPlan* plan) {
  float recall = 0;
  if (words.size() != 2 || !absl::SimpleAtof(words[1], &recall)) return false;
  if (!(recall > 0 && recall <= 1)) return false;
  plan->mutable_adaptive()->set_recall_target(recall);
  return true;
}

bool ReadFunnel(const Words& words, FunnelEffort effort, v1::SearchPlan* plan) {
  v1::Funnel::Shortlist& shortlist = *plan->mutable_funnel()->mutable_shortlist();
  uint32_t number = 0;
  if (words.size() < 2 || words.size() > 3) return false;
  if (!absl::SimpleAtoi(words[1], &number) || number == 0) return false;
  shortlist.set_size(number);
  if (words.size() == 2) return true;
  if (!absl::SimpleAtoi(words[2], &number) || number == 0) return false;
  effort == FunnelEffort::kEf ? shortlist.set_ef(number) : shortlist.set_nprobe(number);
  return true;
}

bool Read(absl::string_view text, FunnelEffort effort, v1::SearchPlan* plan) {
  const Words words = absl::StrSplit(text, ':');
  if (words[0] == "recall") return ReadRecall(words, plan);
  if (words[0] == "funnel") return ReadFunnel(words, effort, plan);
  if (words.size() != 1) return false;
  if (words[0] == "exact") plan->mutable_exact();
  return words[0] == "exact" || words[0] == "default";
}

}  // namespace

absl::StatusOr<NamedPlan> ParsePlan(absl::string_view text, FunnelEffort effort) {
  NamedPlan named{.name = std::string(text)};
  if (!Read(text, effort, &named.plan)) return BadPlan(text);
  return named;
}

absl::StatusOr<std::vector<NamedPlan>> ParsePlans(absl::string_view text, FunnelEffort effort) {
  std::vector<NamedPlan> plans;
  for (const absl::string_view one : absl::StrSplit(text, ',')) {
    NESTOR_ASSIGN_OR_RETURN(NamedPlan plan, ParsePlan(one, effort));
    if (std::any_of(plans.begin(), plans.end(),
                    [&](const NamedPlan& other) { return other.name == plan.name; })) {
      return absl::InvalidArgumentError(absl::StrCat("plan '", one, "' is there twice"));
    }
    plans.push_back(std::move(plan));
  }
  return plans;
}

}  // namespace nestor::bench
