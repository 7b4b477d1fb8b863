#include "engine/reranker.h"

#include <algorithm>
#include <utility>

#include "engine/disk_waits.h"
#include "engine/interval_top.h"

namespace nestor {
namespace {

// What one search reads of tiers, over all its stages: a later one finds in memory what an earlier
// one has waited for.
class TierReads {
 public:
  TierReads() : expected_(ThreadDiskWaits().expected()) {}
  TierReads(const TierReads&) = delete;
  TierReads& operator=(const TierReads&) = delete;
  ~TierReads() {
    if (any_) ThreadDiskWaits().RowsWereRead(asked_for_);
  }

  void WillRead(const RerankTier& tier, absl::Span<const uint32_t> rows) {
    any_ = true;
    if (!expected_) return;
    for (const uint32_t row : rows) asked_for_ += tier.ReadAhead(row, 1) ? 1 : 0;
  }

 private:
  static DiskWaits& ThreadDiskWaits() {
    static thread_local DiskWaits disk_waits;
    return disk_waits;
  }

  bool expected_;
  bool any_ = false;
  size_t asked_for_ = 0;
};

// Most often all are of one part. In what order its rows are scored makes no difference.
void SortByPart(std::pmr::vector<Candidate>* candidates) {
  const auto by_part = [](const Candidate& a, const Candidate& b) { return a.part < b.part; };
  if (std::is_sorted(candidates->begin(), candidates->end(), by_part)) return;
  std::sort(candidates->begin(), candidates->end(), by_part);
}

// Scores the candidates a part at a time: calls score(tier, locals, scores, errors) for each.
template <typename ScoreRun>
void ScoreByPart(const SearchContext& context, TierReads* reads,
                 std::pmr::vector<Candidate>* candidates, ScoreRun score) {
  SortByPart(candidates);
  std::pmr::vector<uint32_t> locals(context.memory);
  locals.reserve(candidates->size());
  std::pmr::vector<float> scores(candidates->size(), context.memory);
  std::pmr::vector<float> errors(candidates->size(), context.memory);
  for (size_t begin = 0; begin < candidates->size();) {
    const uint32_t part = (*candidates)[begin].part;
    size_t end = begin;
    locals.clear();
    for (; end < candidates->size() && (*candidates)[end].part == part; ++end)
      locals.push_back((*candidates)[end].row);
    const RerankTier& tier = *context.view.segments[part].segment->tier;
    reads->WillRead(tier, locals);
    score(tier, locals, scores.data(), errors.data());
    for (size_t i = begin; i < end; ++i) {
      (*candidates)[i].score = scores[i - begin];
      (*candidates)[i].error = errors[i - begin];
    }
    begin = end;
  }
}

// The tiers of a view are of one kind.
const RerankTier* AnyTier(const SearchContext& context) {
  return context.view.segments.empty() ? nullptr : context.view.segments[0].segment->tier.get();
}

size_t RowBytes(const SearchContext& context, size_t dims) {
  const RerankTier* const any = AnyTier(context);
  return any == nullptr ? 0 : any->RowBytes(dims);
}

void RunStage(const SearchContext& context, const Stage& stage, TierReads* reads,
              std::pmr::vector<Candidate>* candidates) {
  const StageTimer timer(context, "rerank", stage.dims);
  const size_t candidates_in = candidates->size();
  ScoreByPart(context, reads, candidates,
              [&](const RerankTier& tier, absl::Span<const uint32_t> rows, float* scores, float*) {
                tier.Score(context.query, rows, stage.dims, scores);
              });
  KeepBestAndUnreadable(stage.keep, candidates);
  timer.Stop(candidates_in, candidates->size(), candidates_in * RowBytes(context, stage.dims));
}

// Leaves out what is not among the best by what a tier reads of rows first; how many bytes that
// was.
uint64_t LeaveOutRoughly(const SearchContext& context, TierReads* reads,
                         std::pmr::vector<Candidate>* candidates) {
  const RerankTier* const any = AnyTier(context);
  const size_t row_bytes = any == nullptr ? 0 : any->RoughRowBytes();
  // Most of so few will have to be read whole.
  if (row_bytes == 0 || candidates->size() <= 2 * context.top) return 0;
  const uint64_t bytes = candidates->size() * row_bytes;
  ScoreByPart(context, reads, candidates,
              [&](const RerankTier& tier, absl::Span<const uint32_t> rows, float* scores,
                  float* errors) { tier.ScoreRoughly(context.query, rows, scores, errors); });
  IntervalTop top(context.top, context.memory);
  for (const Candidate& candidate : *candidates) top.Add(candidate);
  *candidates = std::move(top).Take();
  return bytes;
}

void RunFullStage(const SearchContext& context, TierReads* reads,
                  std::pmr::vector<Candidate>* candidates) {
  const StageTimer timer(context, "rerank", context.spec.dims);
  const size_t candidates_in = candidates->size();
  const uint64_t rough_bytes = LeaveOutRoughly(context, reads, candidates);
  ScoreByPart(
      context, reads, candidates,
      [&](const RerankTier& tier, absl::Span<const uint32_t> rows, float* scores, float* errors) {
        tier.ScoreWithError(context.query, rows, ErrorBound::kLikely, scores, errors);
      });
  timer.Stop(candidates_in, candidates->size(),
             rough_bytes + candidates->size() * RowBytes(context, context.spec.dims));
}

}  // namespace

Reranked Rerank(const SearchContext& context, absl::Span<const Stage> stages, absl::Time budget_end,
                Shortlist shortlist, std::pmr::vector<Candidate>* candidates) {
  Reranked reranked;
  TierReads reads;
  *candidates = std::move(shortlist.ranked);
  const size_t size = candidates->size();
  for (const Stage& stage : stages) {
    if (context.Stopped()) return reranked;
    if (candidates->size() <= stage.keep) continue;
    if (context.clock() > budget_end) {
      reranked.in_time = false;
      KeepBestAndUnreadable(stages.back().keep, candidates);
      break;
    }
    RunStage(context, stage, &reads, candidates);
  }
  if (context.Stopped()) return reranked;
  const size_t few = 2 * context.top + 16;
  if (stages.empty() && candidates->size() > few && context.clock() > budget_end) {
    reranked.in_time = false;
    KeepBest(few, BetterCandidate, candidates);
  }
  reranked.narrowed = candidates->size() < size;
  candidates->insert(candidates->end(), shortlist.unranked.begin(), shortlist.unranked.end());
  RunFullStage(context, &reads, candidates);
  return reranked;
}

}  // namespace nestor
