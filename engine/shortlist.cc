#include "engine/shortlist.h"

#include <algorithm>
#include <utility>

#include "engine/interval_top.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr size_t kScanChunk = 1024;

ShortlistScratch& ThreadScratch() {
  static thread_local ShortlistScratch scratch;
  return scratch;
}

void AddLiveZeroPrefixRows(const View::SegmentPart& part, uint32_t number,
                           std::vector<Candidate>* candidates) {
  for (uint32_t row : part.segment->zero_prefix_rows) {
    if (!part.dead->Test(row)) candidates->push_back({number, row, 0, 0});
  }
}

void DropExcluded(const SearchContext& context, std::vector<Candidate>* candidates) {
  if (context.excluded == kNoRow) return;
  candidates->erase(std::remove_if(candidates->begin(), candidates->end(),
                                   [&](const Candidate& c) {
                                     return context.view.RowAt({c.part, c.row}) == context.excluded;
                                   }),
                    candidates->end());
}

}  // namespace

absl::StatusOr<Shortlist> ShortlistSegments(const SearchContext& context, const PrefixQuery& query,
                                            const ShortlistEffort& effort) {
  StageTimer timer(context, "shortlist", query.format().dims, 0);
  Shortlist shortlist;
  std::vector<ScoredRow> rows;
  for (uint32_t number = 0; number < context.view.segments.size(); ++number) {
    NESTOR_RETURN_IF_ERROR(context.stop());
    const View::SegmentPart& part = context.view.segments[number];
    const std::vector<uint32_t>& zeros = part.segment->zero_prefix_rows;
    ShortlistEffort wanted = effort;
    // These may be among the rows and are taken out again.
    if (context.excluded != kNoRow) ++wanted.size;
    wanted.size += std::min(zeros.size(), effort.size);
    part.segment->index->Search(query, wanted, *part.dead, &ThreadScratch(), &rows);
    for (const ScoredRow& row : rows) {
      if (std::binary_search(zeros.begin(), zeros.end(), row.row)) continue;
      shortlist.ranked.push_back({number, row.row, row.score, 0});
    }
    AddLiveZeroPrefixRows(part, number, &shortlist.unranked);
  }
  DropExcluded(context, &shortlist.ranked);
  DropExcluded(context, &shortlist.unranked);
  KeepBest(effort.size, BetterCandidate, &shortlist.ranked);
  std::sort(shortlist.ranked.begin(), shortlist.ranked.end(), BetterCandidate);
  timer.SetOut(shortlist.ranked.size() + shortlist.unranked.size(), 0);
  return shortlist;
}

absl::StatusOr<std::vector<Candidate>> ScanDeltas(const SearchContext& context) {
  const auto dims = static_cast<uint32_t>(context.spec.dims);
  size_t rows = 0;
  for (const View::DeltaPart& part : context.view.deltas) rows += part.length;
  StageTimer timer(context, "delta", dims, rows);
  IntervalTop top(context.top);
  std::vector<float> scores(kScanChunk), errors(kScanChunk);
  for (uint32_t i = 0; i < context.view.deltas.size(); ++i) {
    const View::DeltaPart& part = context.view.deltas[i];
    const auto number = static_cast<uint32_t>(context.view.segments.size() + i);
    for (size_t begin = 0; begin < part.length; begin += kScanChunk) {
      NESTOR_RETURN_IF_ERROR(context.stop());
      const size_t count = std::min(kScanChunk, part.length - begin);
      part.delta->ScoreRange(context.query, static_cast<uint32_t>(begin), count, scores.data(),
                             errors.data());
      for (size_t j = 0; j < count; ++j) {
        const auto row = static_cast<uint32_t>(begin + j);
        if (part.dead->Test(row) || part.delta->RowAt(row) == context.excluded) continue;
        top.Add({number, row, scores[j], errors[j]});
      }
    }
  }
  std::vector<Candidate> candidates = std::move(top).Take();
  timer.SetOut(candidates.size(), rows * dims * sizeof(float));
  return candidates;
}

absl::StatusOr<std::vector<Candidate>> ScanSegments(const SearchContext& context) {
  const auto dims = static_cast<uint32_t>(context.spec.dims);
  size_t rows = 0;
  uint64_t bytes = 0;
  for (const View::SegmentPart& part : context.view.segments) rows += part.live();
  StageTimer timer(context, "scan", dims, rows);
  IntervalTop top(context.top);
  std::vector<uint32_t> locals;
  std::vector<float> scores(kScanChunk), errors(kScanChunk);
  for (uint32_t number = 0; number < context.view.segments.size(); ++number) {
    const View::SegmentPart& part = context.view.segments[number];
    const auto size = static_cast<uint32_t>(part.segment->rows.size());
    for (uint32_t next = 0; next < size;) {
      NESTOR_RETURN_IF_ERROR(context.stop());
      locals.clear();
      for (; next < size && locals.size() < kScanChunk; ++next) {
        if (!part.dead->Test(next) && part.segment->rows[next] != context.excluded)
          locals.push_back(next);
      }
      part.segment->tier->ScoreWithError(context.query, locals, scores.data(), errors.data());
      bytes += locals.size() * part.segment->tier->RowBytes(dims);
      for (size_t i = 0; i < locals.size(); ++i) top.Add({number, locals[i], scores[i], errors[i]});
    }
  }
  std::vector<Candidate> candidates = std::move(top).Take();
  timer.SetOut(candidates.size(), bytes);
  return candidates;
}

}  // namespace nestor
