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

void AddZeroPrefixRows(const Segment& segment, const RowBitmap& left_out, uint32_t number,
                       std::vector<Candidate>* candidates) {
  for (uint32_t row : segment.zero_prefix_rows) {
    if (!left_out.Test(row)) candidates->push_back({number, row, 0, 0});
  }
}

bool IsExcluded(const SearchContext& context, View::Place place) {
  return context.excluded != kNoRow && context.view.RowAt(place) == context.excluded;
}

void DropExcluded(const SearchContext& context, std::vector<Candidate>* candidates) {
  if (context.excluded == kNoRow) return;
  candidates->erase(std::remove_if(candidates->begin(), candidates->end(),
                                   [&](const Candidate& c) {
                                     return IsExcluded(context, {c.part, c.row});
                                   }),
                    candidates->end());
}

// The rows of parts first to last that may be among the best `context.top` of them. `score` fills
// in scores and errors of a list of rows of one part and returns the bytes that it read.
template <typename ScoreRows>
absl::StatusOr<std::vector<Candidate>> ScanParts(const SearchContext& context, const char* name,
                                                 size_t first, size_t last, ScoreRows score) {
  size_t candidates_in = 0;
  uint64_t bytes = 0;
  for (size_t part = first; part < last; ++part) {
    candidates_in += context.view.RowsOf(part) - context.left_out[part]->count();
  }
  StageTimer timer(context, name, context.spec.dims, candidates_in);
  IntervalTop top(context.top);
  std::vector<uint32_t> rows;
  std::vector<float> scores(kScanChunk), errors(kScanChunk);
  for (size_t part = first; part < last; ++part) {
    const auto number = static_cast<uint32_t>(part);
    const RowBitmap& left_out = *context.left_out[part];
    const size_t size = context.view.RowsOf(part);
    for (size_t next = left_out.NextClear(0, size); next < size;) {
      NESTOR_RETURN_IF_ERROR(context.stop());
      rows.clear();
      for (; next < size && rows.size() < kScanChunk; next = left_out.NextClear(next + 1, size)) {
        const auto row = static_cast<uint32_t>(next);
        if (!IsExcluded(context, {number, row})) rows.push_back(row);
      }
      bytes += score(part, rows, scores.data(), errors.data());
      for (size_t i = 0; i < rows.size(); ++i) top.Add({number, rows[i], scores[i], errors[i]});
    }
  }
  std::vector<Candidate> candidates = std::move(top).Take();
  timer.SetOut(candidates.size(), bytes);
  return candidates;
}

}  // namespace

absl::StatusOr<Shortlist> ShortlistSegments(const SearchContext& context,
                                            const PrefixQueries& queries,
                                            const ShortlistEffort& effort) {
  StageTimer timer(context, "shortlist", queries.dims(), 0);
  Shortlist shortlist;
  std::vector<ScoredRow> rows;
  for (uint32_t number = 0; number < context.view.segments.size(); ++number) {
    NESTOR_RETURN_IF_ERROR(context.stop());
    const Segment& segment = *context.view.segments[number].segment;
    const RowBitmap& left_out = *context.left_out[number];
    const std::vector<uint32_t>& zeros = segment.zero_prefix_rows;
    ShortlistEffort wanted = effort;
    // These may be among the rows and are taken out again.
    if (context.excluded != kNoRow) ++wanted.size;
    wanted.size += std::min(zeros.size(), effort.size);
    segment.index->Search(queries.Of(number), wanted, left_out, &ThreadScratch(), &rows);
    for (const ScoredRow& row : rows) {
      if (std::binary_search(zeros.begin(), zeros.end(), row.row)) continue;
      shortlist.ranked.push_back({number, row.row, row.score, 0});
    }
    AddZeroPrefixRows(segment, left_out, number, &shortlist.unranked);
  }
  DropExcluded(context, &shortlist.ranked);
  DropExcluded(context, &shortlist.unranked);
  if (queries.comparable()) KeepBest(effort.size, BetterCandidate, &shortlist.ranked);
  std::sort(shortlist.ranked.begin(), shortlist.ranked.end(), BetterCandidate);
  timer.SetOut(shortlist.ranked.size() + shortlist.unranked.size(), 0);
  return shortlist;
}

absl::StatusOr<std::vector<Candidate>> ScanDeltas(const SearchContext& context) {
  return ScanParts(context, "delta", context.view.segments.size(), context.view.part_count(),
                   [&](size_t part, absl::Span<const uint32_t> rows, float* scores, float* errors) {
                     const Delta& delta =
                         *context.view.deltas[part - context.view.segments.size()].delta;
                     delta.ScoreWithError(context.query, rows, scores, errors);
                     return rows.size() * context.spec.dims * sizeof(float);
                   });
}

absl::StatusOr<std::vector<Candidate>> ScanSegments(const SearchContext& context) {
  return ScanParts(context, "scan", 0, context.view.segments.size(),
                   [&](size_t part, absl::Span<const uint32_t> rows, float* scores, float* errors) {
                     const RerankTier& tier = *context.view.segments[part].segment->tier;
                     tier.ScoreWithError(context.query, rows, scores, errors);
                     return rows.size() * tier.RowBytes(context.spec.dims);
                   });
}

}  // namespace nestor
