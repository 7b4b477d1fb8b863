#include "engine/shortlist.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "engine/interval_top.h"

namespace nestor {
namespace {

constexpr size_t kScanChunk = 1024;  // rows
// Rows that several searches read stay in the second-level cache until all of them have.
constexpr size_t kSharedBytes = size_t{256} << 10;
constexpr size_t kLeastChunk = 16;

ShortlistScratch& ThreadScratch() {
  static thread_local ShortlistScratch scratch;
  return scratch;
}

void AddZeroPrefixRows(const Segment& segment, const RowBitmap& left_out, uint32_t number,
                       std::pmr::vector<Candidate>* candidates) {
  for (uint32_t row : segment.zero_prefix_rows) {
    if (!left_out.Test(row)) candidates->push_back({number, row, 0, 0});
  }
}

bool IsExcluded(const SearchContext& context, View::Place place) {
  return context.excluded != kNoRow && context.view.RowAt(place) == context.excluded;
}

void DropExcluded(const SearchContext& context, std::pmr::vector<Candidate>* candidates) {
  if (context.excluded == kNoRow) return;
  candidates->erase(std::remove_if(candidates->begin(), candidates->end(),
                                   [&](const Candidate& c) {
                                     return IsExcluded(context, {c.part, c.row});
                                   }),
                    candidates->end());
}

// The searches that have not come to an end.
template <typename Search>
std::pmr::vector<const Search*> Running(absl::Span<const Search> searches) {
  std::pmr::vector<const Search*> running(searches[0].context->memory);
  running.reserve(searches.size());
  for (const Search& search : searches) {
    if (search.context->status->ok()) running.push_back(&search);
  }
  return running;
}

// What a search asks of each segment: unless it is hidden, `context->excluded` may be among the
// rows and is taken out again.
ShortlistEffort EffortOf(const ShortlistSearch& search) {
  ShortlistEffort effort = search.effort;
  if (search.context->excluded == kNoRow || search.hide_excluded) return effort;
  ++effort.size;
  if (effort.margin.top > 0) ++effort.margin.top;
  return effort;
}

// A score that effort.margin.top of the rows in the segments before are known to reach.
float BestKnown(const ShortlistSearch& search, const ShortlistEffort& effort) {
  const size_t top = effort.margin.top;
  const std::pmr::vector<Candidate>& ranked = search.shortlist->ranked;
  if (top == 0 || ranked.size() < top || !search.prefix->comparable()) return ScoreFloor::kNone;
  std::pmr::vector<float> scores(search.context->memory);
  scores.reserve(ranked.size());
  for (const Candidate& candidate : ranked) scores.push_back(candidate.score);
  const auto last = scores.begin() + static_cast<ptrdiff_t>(top - 1);
  std::nth_element(scores.begin(), last, scores.end(), std::greater<>());
  return *last;
}

// The searches of one segment.
void SearchSegment(uint32_t number, absl::Span<const ShortlistSearch* const> searches) {
  const SearchContext& any = *searches[0]->context;
  const Segment& segment = *any.view.segments[number].segment;
  const RowBitmap& left_out = *any.left_out[number];
  const std::vector<uint32_t>& zeros = segment.zero_prefix_rows;
  std::pmr::vector<ScoredRows> found(searches.size(), any.memory);
  std::pmr::vector<IndexSearch> index_searches(any.memory);
  index_searches.reserve(searches.size());
  for (size_t i = 0; i < searches.size(); ++i) {
    ShortlistEffort effort = EffortOf(*searches[i]);
    const float best_known = BestKnown(*searches[i], effort);
    // These may be among the rows and are taken out again, too.
    effort.size += std::min(zeros.size(), effort.size);
    if (effort.margin.top > 0) effort.margin.top += std::min(zeros.size(), effort.margin.top);
    index_searches.push_back({.query = &searches[i]->prefix->Of(number),
                              .effort = effort,
                              .found = &found[i],
                              .best_known = best_known,
                              .cut_off = &searches[i]->shortlist->cut_off,
                              .gives_up = searches[i]->gives_up,
                              .reads = &searches[i]->shortlist->reads});
    if (searches[i]->hide_excluded) {
      index_searches.back().hidden = segment.Find(searches[i]->context->excluded);
    }
  }
  ThreadScratch().memory = any.memory;
  segment.index->Search(index_searches, left_out, &ThreadScratch());
  for (size_t i = 0; i < searches.size(); ++i) {
    Shortlist& shortlist = *searches[i]->shortlist;
    shortlist.ranked.reserve(shortlist.ranked.size() + found[i].size());
    for (const ScoredRow& row : found[i]) {
      if (std::binary_search(zeros.begin(), zeros.end(), row.row)) continue;
      shortlist.ranked.push_back({number, row.row, row.score, 0});
    }
    AddZeroPrefixRows(segment, left_out, number, &shortlist.unranked);
  }
}

// Best first, and as many as there are to be.
void SortRanked(const ShortlistSearch& search, size_t segments,
                std::pmr::vector<Candidate>* ranked) {
  const size_t size = search.effort.size;
  const bool comparable = search.prefix->comparable();
  if (segments > 1) {  // an index has sorted what it found
    if (comparable) KeepBest(size, BetterCandidate, ranked);
    std::sort(ranked->begin(), ranked->end(), BetterCandidate);
  } else if (comparable && ranked->size() > size) {
    ranked->resize(size);
  }
}

// One search of a scan.
struct PartScan {
  const ScanSearch* search;
  StageTimer timer;
  IntervalTop top;
};

// The rows of parts first to last that may be among the best `context->top` of them.
// score(context, part, rows, scores, errors) fills in scores and errors of a list of rows of one
// part. `row_bytes` is what it reads of a row. read_ahead(part, row, count) hears which rows are
// next.
template <typename ScoreRows, typename ReadAhead>
void ScanParts(absl::Span<const ScanSearch> searches, const char* name, size_t first, size_t last,
               size_t row_bytes, ScoreRows score, ReadAhead read_ahead) {
  std::pmr::vector<const ScanSearch*> running = Running(searches);
  if (running.empty()) return;
  const SearchContext& any = *running[0]->context;
  const size_t chunk = running.size() == 1
                           ? kScanChunk
                           : std::clamp(kSharedBytes / row_bytes, kLeastChunk, kScanChunk);
  std::pmr::vector<PartScan> scans(any.memory);
  scans.reserve(running.size());
  for (const ScanSearch* search : running) {
    const SearchContext& context = *search->context;
    scans.push_back({search, StageTimer(context, name, context.spec.dims),
                     IntervalTop(context.top, context.memory)});
  }
  size_t rows_in = 0;
  std::pmr::vector<uint32_t> rows(any.memory);
  rows.reserve(chunk);
  std::pmr::vector<float> scores(chunk, any.memory), errors(chunk, any.memory);
  for (size_t part = first; part < last; ++part) {
    const auto number = static_cast<uint32_t>(part);
    const RowBitmap& left_out = *any.left_out[part];
    const size_t size = any.view.RowsOf(part);
    rows_in += size - left_out.count();
    for (size_t next = left_out.NextClear(0, size); next < size;) {
      rows.clear();
      for (; next < size && rows.size() < chunk; next = left_out.NextClear(next + 1, size)) {
        rows.push_back(static_cast<uint32_t>(next));
      }
      read_ahead(part, rows[0], 2 * kScanChunk);
      bool stopped = true;
      for (PartScan& scan : scans) {
        const SearchContext& context = *scan.search->context;
        if (context.Stopped()) continue;
        stopped = false;
        score(context, part, rows, scores.data(), errors.data());
        for (size_t i = 0; i < rows.size(); ++i) {
          if (IsExcluded(context, {number, rows[i]})) continue;
          scan.top.Add({number, rows[i], scores[i], errors[i]});
        }
      }
      if (stopped) return;
    }
  }
  for (PartScan& scan : scans) {
    if (!scan.search->context->status->ok()) continue;
    const std::pmr::vector<Candidate> found = std::move(scan.top).Take();
    std::pmr::vector<Candidate>& candidates = *scan.search->candidates;
    candidates.insert(candidates.end(), found.begin(), found.end());
    scan.timer.Stop(rows_in, found.size(), rows_in * row_bytes);
  }
}

}  // namespace

void ShortlistSegments(absl::Span<const ShortlistSearch> searches) {
  std::pmr::vector<const ShortlistSearch*> running = Running(searches);
  if (running.empty()) return;
  std::pmr::vector<StageTimer> timers(running[0]->context->memory);
  timers.reserve(running.size());
  for (const ShortlistSearch* search : running) {
    timers.emplace_back(*search->context, "shortlist", search->prefix->dims());
  }
  const std::pmr::vector<const ShortlistSearch*> all(running, running.get_allocator());
  const size_t segments = all[0]->context->view.segments.size();
  for (uint32_t number = 0; number < segments; ++number) {
    running.erase(std::remove_if(running.begin(), running.end(),
                                 [](const ShortlistSearch* search) {
                                   const bool gave_up =
                                       search->gives_up && search->shortlist->cut_off;
                                   return gave_up || search->context->Stopped();
                                 }),
                  running.end());
    if (!running.empty()) SearchSegment(number, running);
  }
  for (size_t i = 0; i < all.size(); ++i) {
    const SearchContext& context = *all[i]->context;
    if (!context.status->ok()) continue;
    Shortlist& shortlist = *all[i]->shortlist;
    DropExcluded(context, &shortlist.ranked);
    DropExcluded(context, &shortlist.unranked);
    SortRanked(*all[i], segments, &shortlist.ranked);
    if (all[i]->prefix->comparable() && segments > 0) {
      ScoreFloor(all[i]->effort.margin, all[i]->prefix->Of(0)).Trim(&shortlist.ranked);
    }
    timers[i].Stop(shortlist.reads.rows, shortlist.ranked.size() + shortlist.unranked.size(),
                   shortlist.reads.bytes);
  }
}

void ScanDeltas(absl::Span<const ScanSearch> searches) {
  const SearchContext& any = *searches[0].context;
  const size_t first = any.view.segments.size();
  ScanParts(
      searches, "delta", first, any.view.part_count(), any.spec.dims * sizeof(float),
      [first](const SearchContext& context, size_t part, absl::Span<const uint32_t> rows,
              float* scores, float* errors) {
        context.view.deltas[part - first].delta->ScoreWithError(context.query, rows, scores,
                                                                errors);
      },
      [](size_t, uint32_t, size_t) {});
}

void ScanSegments(absl::Span<const ScanSearch> searches) {
  const SearchContext& any = *searches[0].context;
  const size_t segments = any.view.segments.size();
  const size_t row_bytes =
      segments == 0 ? 1 : any.view.segments[0].segment->tier->RowBytes(any.spec.dims);
  ScanParts(
      searches, "scan", 0, segments, row_bytes,
      [](const SearchContext& context, size_t part, absl::Span<const uint32_t> rows, float* scores,
         float* errors) {
        context.view.segments[part].segment->tier->ScoreWithError(
            context.query, rows, ErrorBound::kCertain, scores, errors);
      },
      [&view = any.view](size_t part, uint32_t row, size_t count) {
        (void)view.segments[part].segment->tier->ReadAhead(row, count);
      });
}

}  // namespace nestor
