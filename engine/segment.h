#ifndef NESTOR_ENGINE_SEGMENT_H_
#define NESTOR_ENGINE_SEGMENT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/collection_spec.h"
#include "engine/point_records.h"
#include "engine/prefix_codes.h"
#include "engine/rerank_tier.h"
#include "engine/row_bitmap.h"
#include "engine/shortlist_index.h"
#include "engine/tier_rows.h"
#include "storage/types.h"

namespace nestor {

inline constexpr size_t kMaxSegmentRows = size_t{1} << 24;

// An immutable set of rows with a shortlist index over their prefix codes and a rerank tier.
// Derived from the store, so it can be thrown away and built again. It holds no ids: the exact
// stage reads them with the vectors, from its file's records or the store.
//
// Thread safety: immutable.
struct Segment {
  std::vector<Row> rows;  // ascending; local row -> row
  std::unique_ptr<const ShortlistIndex> index;
  std::unique_ptr<const RerankTier> tier;
  std::shared_ptr<const PointRecords> records;  // null while it has no file
  // Local rows whose prefix is zero although the vector is not (cosine): no prefix finds them, so
  // every search reranks them all.
  std::vector<uint32_t> zero_prefix_rows;
  Sequence first_sequence{};  // of the oldest write among the rows
  // False while the index is a plain scan that waits for the graph or lists the collection asks
  // for.
  bool indexed = false;

  // The local row of `row`, if the segment holds it.
  std::optional<uint32_t> Find(Row row) const;
};

// Gathers rows into a segment that is searched by scanning.
//
//   SegmentBuilder builder(spec, view.CoderFor(spec), delta.size());
//   for (...) builder.Append(row, sequence, vector);
//   std::shared_ptr<const Segment> segment = std::move(builder).Finish();
class SegmentBuilder {
 public:
  SegmentBuilder(const ResolvedSpec& spec, std::shared_ptr<const PrefixCoder> coder,
                 size_t expected_rows);

  // `sequence` is that of the write that made the row. REQUIRES: rows ascend; at most
  // kMaxSegmentRows of them.
  void Append(Row row, Sequence sequence, const float* vector);
  size_t size() const { return segment_.rows.size(); }
  std::shared_ptr<const Segment> Finish() &&;

 private:
  Segment segment_;
  PrefixCodes codes_;
  std::unique_ptr<RerankTier> tier_;
};

// A segment to merge and its dead rows, which are left behind.
struct MergeInput {
  const Segment* segment = nullptr;
  const RowBitmap* dead = nullptr;
};

struct MergeParams {
  int threads = 1;
  const std::atomic<bool>* cancelled = nullptr;     // see HnswBuildParams
  absl::Span<const std::vector<float>> asked = {};  // see ChooseCoder
  // Of a larger segment that is searched together with the merged one; null: none.
  std::shared_ptr<const PrefixCoder> beside = {};
};

// A segment without a tier, whose rows are still in those of the segments that it was merged from.
struct MergedSegment {
  std::shared_ptr<Segment> segment;  // null if no row is alive
  TierRows rows;
};

// Merges the live rows of `inputs` into one segment with the index that the collection asks for.
// Errors are those of BuildHnswGraph and IvfIndex::Build, and UnavailableError if an input's file
// cannot be read. REQUIRES: no row is in two inputs; together they have at most kMaxSegmentRows
// live rows.
absl::StatusOr<MergedSegment> MergeSegments(const ResolvedSpec& spec,
                                            absl::Span<const MergeInput> inputs,
                                            const MergeParams& params);

// Gives it a tier in memory. UnavailableError, ResourceExhaustedError.
absl::Status CopyTier(const ResolvedSpec& spec, const MergedSegment& merged);

}  // namespace nestor

#endif  // NESTOR_ENGINE_SEGMENT_H_
