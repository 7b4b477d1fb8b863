#include "engine/reranker.h"

#include <algorithm>
#include <utility>

#include "storage/status_macros.h"

namespace nestor {
namespace {

// Scores the candidates, which are sorted by part, a part at a time, and calls
// score(tier, locals, scores, errors) for each run.
template <typename ScoreRun>
uint64_t ScoreByPart(const View& view, size_t dims, std::vector<Candidate>* candidates,
                     ScoreRun score) {
  std::vector<uint32_t> locals;
  std::vector<float> scores, errors;
  uint64_t bytes = 0;
  for (size_t begin = 0; begin < candidates->size();) {
    const uint32_t part = (*candidates)[begin].part;
    size_t end = begin;
    locals.clear();
    for (; end < candidates->size() && (*candidates)[end].part == part; ++end)
      locals.push_back((*candidates)[end].row);
    scores.assign(locals.size(), 0);
    errors.assign(locals.size(), 0);
    const RerankTier& tier = *view.segments[part].segment->tier;
    score(tier, locals, scores.data(), errors.data());
    bytes += locals.size() * tier.RowBytes(dims);
    for (size_t i = begin; i < end; ++i) {
      (*candidates)[i].score = scores[i - begin];
      (*candidates)[i].error = errors[i - begin];
    }
    begin = end;
  }
  return bytes;
}

void SortByPlace(std::vector<Candidate>* candidates) {
  std::sort(candidates->begin(), candidates->end(), [](const Candidate& a, const Candidate& b) {
    return a.part != b.part ? a.part < b.part : a.row < b.row;
  });
}

void RunStage(const SearchContext& context, const Stage& stage,
              std::vector<Candidate>* candidates) {
  StageTimer timer(context, "rerank", stage.dims, candidates->size());
  SortByPlace(candidates);
  const uint64_t bytes =
      ScoreByPart(context.view, stage.dims, candidates,
                  [&](const RerankTier& tier, absl::Span<const uint32_t> rows, float* scores,
                      float*) { tier.Score(context.query, rows, stage.dims, scores); });
  KeepBestAndUnreadable(stage.keep, candidates);
  timer.SetOut(candidates->size(), bytes);
}

void RunFullStage(const SearchContext& context, std::vector<Candidate>* candidates) {
  StageTimer timer(context, "rerank", context.spec.dims, candidates->size());
  SortByPlace(candidates);
  const uint64_t bytes =
      ScoreByPart(context.view, context.spec.dims, candidates,
                  [&](const RerankTier& tier, absl::Span<const uint32_t> rows, float* scores,
                      float* errors) { tier.ScoreWithError(context.query, rows, scores, errors); });
  timer.SetOut(candidates->size(), bytes);
}

}  // namespace

absl::Status Rerank(const SearchContext& context, const std::vector<Stage>& stages,
                    absl::Time budget_end, Shortlist shortlist, std::vector<Candidate>* candidates,
                    bool* skipped) {
  *candidates = std::move(shortlist.ranked);
  for (const Stage& stage : stages) {
    NESTOR_RETURN_IF_ERROR(context.stop());
    if (context.clock() > budget_end) {
      *skipped = true;
      KeepBestAndUnreadable(stages.back().keep, candidates);
      break;
    }
    RunStage(context, stage, candidates);
  }
  NESTOR_RETURN_IF_ERROR(context.stop());
  if (stages.empty() && context.clock() > budget_end) {
    *skipped = true;
    KeepBest(2 * context.top + 16, BetterCandidate, candidates);
  }
  candidates->insert(candidates->end(), shortlist.unranked.begin(), shortlist.unranked.end());
  RunFullStage(context, candidates);
  return absl::OkStatus();
}

}  // namespace nestor
