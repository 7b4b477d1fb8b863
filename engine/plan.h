#ifndef NESTOR_ENGINE_PLAN_H_
#define NESTOR_ENGINE_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "engine/limits.h"
#include "engine/shortlist_index.h"

namespace nestor {

// One step of a funnel: score the candidates over their first `dims` dims, keep the best `keep`.
struct Stage {
  uint32_t dims = 0;
  uint32_t keep = 0;
  friend bool operator==(const Stage&, const Stage&) = default;
};

// What the user asks for: a recall, explicit stages, or the truth.
struct AdaptiveRequest {
  float recall_target = 0;  // 0: the collection's default
  // Which share of searches is to have that recall; 0: they are to have it on average.
  float probability = 0;
};
struct FunnelRequest {
  uint32_t shortlist_size = 0;
  uint32_t ef = 0;      // 0: the shortlist's size
  uint32_t nprobe = 0;  // 0: the server chooses
  std::vector<Stage>
      stages;  // dims ascend, keep descends; a last full-dimension stage is always run
};
struct ExactRequest {};
// How the server calibrates itself: just this effort.
struct EffortRequest {
  ShortlistEffort effort;
  Stage stage = {};  // before the full-dimension one; keeps 0: there is none
  friend bool operator==(const EffortRequest&, const EffortRequest&) = default;
};
using PlanRequest = std::variant<AdaptiveRequest, FunnelRequest, ExactRequest, EffortRequest>;

// Why a search does less than what its recall takes.
enum class Shortfall {
  kNone,
  kTime,  // its time is too short
  kLoad,  // it would not have been, without the time that it waited
};

// What a search does, as numbers only.
struct Plan {
  bool exact = false;  // score every row at full length; the fields below are not used
  ShortlistEffort shortlist;
  // Before the full-dimension stage; dims are whole blocks of the rerank tier.
  absl::InlinedVector<Stage, kMaxStages> stages;
  // At most so many rows are read in float32, and those that the rerank tier cannot read.
  size_t exact_rows = 0;
  // Where a filter leaves out what is near the query, every row is scored after all: of such a
  // search no effort is known to suffice.
  bool exact_if_cut_off = false;
  Shortfall shortfall_if_cut_off = Shortfall::kNone;  // otherwise
  // What it was calibrated to find, if it was.
  std::optional<double> expected_recall = {};
  Shortfall shortfall = Shortfall::kNone;

  // Adds "shortlist 400 (ef 400) -> 256d keep 100 -> 512d -> exact 42", one line for a person.
  void Describe(uint32_t dims, std::string* text) const;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_PLAN_H_
