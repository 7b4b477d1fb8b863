#ifndef NESTOR_ENGINE_SEARCH_CONTEXT_H_
#define NESTOR_ENGINE_SEARCH_CONTEXT_H_

#include <functional>
#include <memory_resource>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/collection_spec.h"
#include "engine/rerank_tier.h"
#include "engine/search_types.h"
#include "engine/view.h"

namespace nestor {

using Clock = std::function<absl::Time()>;

// What all stages of one search share.
struct SearchContext {
  const ResolvedSpec& spec;
  const View& view;
  absl::Span<const RowBitmap* const> left_out;  // by part: rows that are no candidates
  const FullQuery& query;
  size_t top;    // limit + offset
  Row excluded;  // never a hit; kNoRow: none
  StopCheck stop;
  const Clock& clock;
  std::pmr::memory_resource* memory;  // for what is needed until the search is done
  std::vector<StageStats>* stats;
  absl::Status* status;  // not OK: the search is over, and what is left of it does nothing

  // Asks whether to stop.
  bool Stopped() const {
    if (status->ok()) *status = stop();
    return !status->ok();
  }
};

// Times one stage and adds a line to the statistics. For searches that do a stage together it is
// the time that all of them took, which is what each of them waited for.
class StageTimer {
 public:
  StageTimer(const SearchContext& context, const char* name, uint32_t dims)
      : context_(context), start_(context.clock()), name_(name), dims_(dims) {}

  void Stop(size_t candidates_in, size_t candidates_out, uint64_t bytes_read) const {
    context_.stats->push_back({.name = name_,
                               .dims = dims_,
                               .candidates_in = candidates_in,
                               .candidates_out = candidates_out,
                               .bytes_read = bytes_read,
                               .time = context_.clock() - start_});
  }

 private:
  const SearchContext& context_;
  const absl::Time start_;
  const char* const name_;
  const uint32_t dims_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_SEARCH_CONTEXT_H_
