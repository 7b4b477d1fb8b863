#ifndef NESTOR_ENGINE_SEARCH_TYPES_H_
#define NESTOR_ENGINE_SEARCH_TYPES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/filter.h"
#include "engine/plan.h"
#include "storage/types.h"

namespace nestor {

// Asked between stages and between chunks of long scans: not OK means stop now and answer with that
// (CANCELLED, DEADLINE_EXCEEDED).
using StopCheck = absl::FunctionRef<absl::Status()>;

// What a search returns of each hit besides id and score.
struct Select {
  bool payload = false;
  bool vector = false;
  uint32_t vector_dims = 0;  // 0: full; otherwise the renormalised prefix
};

struct SearchRequest {
  absl::Span<const float> vector;  // the collection's dims; empty with `like`
  std::optional<PointId> like;     // search with this point's vector; the point itself is left out
  bool hide_like = false;          // from the index as well, which would be led to its neighbours
  uint32_t limit = 10;
  uint32_t offset = 0;
  const Filter* filter = nullptr;        // hits satisfy it; valid and prepared; null: none
  std::optional<float> score_threshold;  // hits below it are left out
  PlanRequest plan;
  // Soft: what is better and takes longer is not done, and the answer says so. From when the
  // request came, `waited` ago.
  absl::Duration time_budget = absl::InfiniteDuration();
  absl::Duration waited;
  absl::Duration time_left = absl::InfiniteDuration();  // until nobody waits for the answer
  Sequence min_sequence{};                              // the view must include this write
  Select select;
  // Scores, and so the order, need be no better than what the rerank tier knows of them: the best
  // limit + offset are the same, and most of their vectors are not read.
  bool estimated_scores = false;
};

struct Hit {
  PointId id;
  double score = 0;           // in full dimensions, exact unless estimated; larger is better
  double distance = 0;        // in the metric's own units
  Sequence version{};         // of the write that made the point
  std::string payload;        // with select.payload
  std::vector<float> vector;  // with select.vector
};

struct StageStats {
  std::string name;  // "filter", "shortlist", "delta", "rerank", "scan", "exact"
  uint32_t dims = 0;
  size_t candidates_in = 0;  // of a shortlist: the rows whose codes were scored
  size_t candidates_out = 0;
  // Of vectors and codes that were scored, and of links; caches may have had them.
  uint64_t bytes_read = 0;
  absl::Duration time;
};

// Why a search did not look at more.
enum class StopReason {
  kEveryRow,   // there was nothing more
  kMargin,     // what was left is too far off to be among the hits
  kSize,       // the shortlist was full
  kIndexDone,  // the index had no more: the lists that were wanted, or all
  kTime,       // its time was over
};

struct SearchResult {
  std::vector<Hit> hits;  // best first; equal scores by id
  Sequence sequence{};    // the last write that the search saw
  bool exact = false;     // the plan was exact
  // What a search like this one is expected to find of the true hits: 1 if it was exact, otherwise
  // what it was calibrated to; nothing if it was not.
  std::optional<double> estimated_recall;
  // Whether it did less than it should have.
  Shortfall shortfall = Shortfall::kNone;
  bool underfilled = false;  // fewer points satisfy the filter than hits were wanted
  // No row of the shortlist that was left out may be among the hits, by the bounds of its errors
  // (ErrorBound::kLikely unless it was exact). Says nothing of rows that no index brought.
  bool certified = false;
  StopReason stop = StopReason::kEveryRow;
  std::vector<StageStats> stages;
  std::string plan;  // one readable line
  absl::Duration total_time;

  // What its stages took.
  absl::Duration StagesTime() const {
    absl::Duration sum;
    for (const StageStats& stage : stages) sum += stage.time;
    return sum;
  }
};

// One of the searches that are answered together.
struct SearchTask {
  const SearchRequest* request;  // valid
  StopCheck stop;
  SearchResult* result;  // overwritten, its memory used again; means nothing unless status is OK
  // NotFoundError if request->like names no point; OutOfRangeError if request->min_sequence is
  // ahead of the view; what `stop` says; what the store says.
  absl::Status status;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_SEARCH_TYPES_H_
