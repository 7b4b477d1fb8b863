#ifndef NESTOR_ENGINE_SHORTLIST_INDEX_H_
#define NESTOR_ENGINE_SHORTLIST_INDEX_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "engine/candidate.h"
#include "engine/int8_prefixes.h"
#include "engine/prefix_codes.h"
#include "engine/row_bitmap.h"
#include "engine/score_margin.h"
#include "engine/segment_sections.h"

namespace nestor {

// How hard one search of one index tries.
struct ShortlistEffort {
  size_t size = 0;    // rows wanted, if so many are in reach
  size_t ef = 0;      // hnsw: candidates kept while walking; at least `size` is used
  size_t nprobe = 0;  // ivf: lists scanned; at least 1 is used
  ScoreMargin margin = {};
  friend bool operator==(const ShortlistEffort&, const ShortlistEffort&) = default;
};

using ScoredRows = std::pmr::vector<ScoredRow>;

// What a search looks at to find a shortlist.
struct IndexReads {
  size_t rows = 0;     // whose codes were scored, dead ones and starts included
  uint64_t bytes = 0;  // of their codes, and about those of links or centroids
};

// One of the searches of an index that are done together.
struct IndexSearch {
  const PrefixQuery* query;  // of the index's coder; not blind
  ShortlistEffort effort;
  // Replaced by up to effort.size live rows, best first, ties to the lower row: exactly the best
  // ones (flat), or most of them (hnsw, ivf). Fewer than effort.size only if the segment has fewer
  // live rows, or no more are in reach of effort.margin.
  ScoredRows* found;
  // A score that effort.margin.top rows elsewhere are known to reach.
  float best_known = ScoreFloor::kNone;
  // A row that is not found, and that a graph is walked without.
  std::optional<uint32_t> hidden = {};
  // Set if rows near the query are left out more often than others, as by a filter that only what
  // is far from it satisfies: effort that suffices for other searches may not for this one. Not
  // noticed, and not set, where the codes of all rows are scanned anyway. Null: nobody asks.
  bool* cut_off = nullptr;
  // Then nothing is found. Otherwise the index tries harder.
  bool gives_up = false;
  // What is looked at is added. Null: nobody asks.
  IndexReads* reads = nullptr;

  ScoreFloor floor() const { return {effort.margin, *query, best_known}; }
};

// Whether there are far fewer live rows among those met than among all rows, of which `expected`
// would be: two thirds at most, and fewer than chance explains (three standard deviations).
inline bool IsCutOff(size_t live, double expected) {
  return static_cast<double>(live) < std::min(expected * 2 / 3, expected - 3 * std::sqrt(expected));
}

// Memory that searches use again and again, one for each thread that searches. Contents mean
// nothing between calls.
struct ShortlistScratch {
  // What a call allocates until it is done.
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();
  std::vector<uint32_t> rows;
  std::vector<float> scores;
  std::vector<uint64_t> visited;  // a bit for each row, all 0 between searches
  size_t lists = 0;               // of links that were looked at since somebody set it to 0
  Int8Prefixes::Query list_query;
};

// Finds the rows of one segment whose prefix codes score best against a query. Built once from the
// codes, immutable after that.
//
// Thread safety: thread-safe, with a scratch for each thread.
class ShortlistIndex {
 public:
  virtual ~ShortlistIndex() = default;

  // Each finds what it would find alone, but what several read is read once.
  virtual void Search(absl::Span<const IndexSearch> searches, const RowBitmap& dead,
                      ShortlistScratch* scratch) const = 0;

  virtual const std::shared_ptr<const PrefixCoder>& coder() const = 0;  // of its codes
  // Copies the codes of local rows `rows`, in that order, to the end of `to`, which has an equal
  // coder: how segments merge.
  virtual void AppendCodes(absl::Span<const uint32_t> rows, PrefixCodes* to) const = 0;

  // Codes and links, as views into this.
  virtual void AddSections(SectionList* sections) const = 0;

  virtual size_t MemoryBytes() const = 0;  // codes and links
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_SHORTLIST_INDEX_H_
