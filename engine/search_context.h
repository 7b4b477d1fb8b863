#ifndef NESTOR_ENGINE_SEARCH_CONTEXT_H_
#define NESTOR_ENGINE_SEARCH_CONTEXT_H_

#include <functional>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/collection_spec.h"
#include "engine/rerank_tier.h"
#include "engine/search_types.h"
#include "engine/view.h"

namespace nestor {

using Clock = std::function<absl::Time()>;

// What all stages of one search share. Lives on the stack of the search.
struct SearchContext {
  const ResolvedSpec& spec;
  const View& view;
  absl::Span<const RowBitmap* const> left_out;  // by part: rows that are no candidates
  const FullQuery& query;
  size_t top;    // limit + offset
  Row excluded;  // never a hit; kNoRow: none
  StopCheck stop;
  const Clock& clock;
  std::vector<StageStats>* stats;
};

// Adds a line to the statistics and stamps its time when it goes out of scope.
class StageTimer {
 public:
  StageTimer(const SearchContext& context, const char* name, uint32_t dims, size_t candidates_in)
      : context_(context), start_(context.clock()) {
    stats_.name = name;
    stats_.dims = dims;
    stats_.candidates_in = candidates_in;
  }
  ~StageTimer() {
    stats_.time = context_.clock() - start_;
    context_.stats->push_back(std::move(stats_));
  }
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

  void SetOut(size_t candidates_out, uint64_t bytes_read) {
    stats_.candidates_out = candidates_out;
    stats_.bytes_read = bytes_read;
  }

 private:
  const SearchContext& context_;
  absl::Time start_;
  StageStats stats_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_SEARCH_CONTEXT_H_
