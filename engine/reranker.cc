#include "engine/reranker.h"

#include <algorithm>
#include <utility>

#include "engine/disk_waits.h"

namespace nestor {
namespace {

DiskWaits& ThreadDiskWaits() {
  static thread_local DiskWaits disk_waits;
  return disk_waits;
}

// Scores the candidates, which are sorted by part, a part at a time, and calls
// score(tier, locals, scores, errors) for each run.
template <typename ScoreRun>
uint64_t ScoreByPart(const SearchContext& context, size_t dims,
                     std::pmr::vector<Candidate>* candidates, ScoreRun score) {
  std::pmr::vector<uint32_t> locals(context.memory);
  locals.reserve(candidates->size());
  std::pmr::vector<float> scores(candidates->size(), context.memory);
  std::pmr::vector<float> errors(candidates->size(), context.memory);
  DiskWaits& disk_waits = ThreadDiskWaits();
  size_t asked_for = 0;
  uint64_t bytes = 0;
  for (size_t begin = 0; begin < candidates->size();) {
    const uint32_t part = (*candidates)[begin].part;
    size_t end = begin;
    locals.clear();
    for (; end < candidates->size() && (*candidates)[end].part == part; ++end)
      locals.push_back((*candidates)[end].row);
    const RerankTier& tier = *context.view.segments[part].segment->tier;
    if (disk_waits.expected()) {
      for (const uint32_t local : locals) asked_for += tier.ReadAhead(local, 1) ? 1 : 0;
    }
    score(tier, locals, scores.data(), errors.data());
    bytes += locals.size() * tier.RowBytes(dims);
    for (size_t i = begin; i < end; ++i) {
      (*candidates)[i].score = scores[i - begin];
      (*candidates)[i].error = errors[i - begin];
    }
    begin = end;
  }
  disk_waits.RowsWereRead(asked_for);
  return bytes;
}

// Most often all are of one part. In what order its rows are scored makes no difference.
void SortByPart(std::pmr::vector<Candidate>* candidates) {
  const auto by_part = [](const Candidate& a, const Candidate& b) { return a.part < b.part; };
  if (std::is_sorted(candidates->begin(), candidates->end(), by_part)) return;
  std::sort(candidates->begin(), candidates->end(), by_part);
}

void RunStage(const SearchContext& context, const Stage& stage,
              std::pmr::vector<Candidate>* candidates) {
  const StageTimer timer(context, "rerank", stage.dims);
  const size_t candidates_in = candidates->size();
  SortByPart(candidates);
  const uint64_t bytes =
      ScoreByPart(context, stage.dims, candidates,
                  [&](const RerankTier& tier, absl::Span<const uint32_t> rows, float* scores,
                      float*) { tier.Score(context.query, rows, stage.dims, scores); });
  KeepBestAndUnreadable(stage.keep, candidates);
  timer.Stop(candidates_in, candidates->size(), bytes);
}

void RunFullStage(const SearchContext& context, std::pmr::vector<Candidate>* candidates) {
  const StageTimer timer(context, "rerank", context.spec.dims);
  SortByPart(candidates);
  const uint64_t bytes = ScoreByPart(
      context, context.spec.dims, candidates,
      [&](const RerankTier& tier, absl::Span<const uint32_t> rows, float* scores, float* errors) {
        tier.ScoreWithError(context.query, rows, ErrorBound::kLikely, scores, errors);
      });
  timer.Stop(candidates->size(), candidates->size(), bytes);
}

}  // namespace

Reranked Rerank(const SearchContext& context, absl::Span<const Stage> stages, absl::Time budget_end,
                Shortlist shortlist, std::pmr::vector<Candidate>* candidates) {
  Reranked reranked;
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
    RunStage(context, stage, candidates);
  }
  if (context.Stopped()) return reranked;
  const size_t few = 2 * context.top + 16;
  if (stages.empty() && candidates->size() > few && context.clock() > budget_end) {
    reranked.in_time = false;
    KeepBest(few, BetterCandidate, candidates);
  }
  reranked.narrowed = candidates->size() < size;
  candidates->insert(candidates->end(), shortlist.unranked.begin(), shortlist.unranked.end());
  RunFullStage(context, candidates);
  return reranked;
}

}  // namespace nestor
