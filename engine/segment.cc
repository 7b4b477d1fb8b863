#include "engine/segment.h"

#include <algorithm>
#include <new>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/flat_index.h"
#include "engine/hnsw_index.h"
#include "engine/ivf_index.h"
#include "engine/prefix_choice.h"
#include "engine/prefix_reader.h"
#include "storage/check.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

struct Source {
  Row row;
  uint32_t input;
  uint32_t local;
};

// The live rows of all inputs by row number.
std::vector<Source> LiveRows(absl::Span<const MergeInput> inputs) {
  std::vector<Source> sources;
  for (uint32_t input = 0; input < inputs.size(); ++input) {
    const Segment& segment = *inputs[input].segment;
    for (uint32_t local = 0; local < segment.rows.size(); ++local) {
      if (!inputs[input].dead->Test(local)) sources.push_back({segment.rows[local], input, local});
    }
  }
  std::sort(sources.begin(), sources.end(),
            [](const Source& a, const Source& b) { return a.row < b.row; });
  return sources;
}

bool HaveCoder(absl::Span<const MergeInput> inputs, const PrefixCoder& coder) {
  return std::all_of(inputs.begin(), inputs.end(), [&](const MergeInput& input) {
    return *input.segment->index->coder() == coder;
  });
}

// An index gives up its codes a list of rows at a time; this puts them into the order of `sources`.
PrefixCodes GatherCodes(const std::shared_ptr<const PrefixCoder>& coder,
                        absl::Span<const MergeInput> inputs, const std::vector<Source>& sources) {
  PrefixCodes by_input(coder);
  by_input.Reserve(sources.size());
  std::vector<uint32_t> position(sources.size());
  uint32_t next = 0;
  for (uint32_t input = 0; input < inputs.size(); ++input) {
    std::vector<uint32_t> locals;
    for (size_t i = 0; i < sources.size(); ++i) {
      if (sources[i].input != input) continue;
      locals.push_back(sources[i].local);
      position[i] = next++;
    }
    inputs[input].segment->index->AppendCodes(locals, &by_input);
  }
  if (inputs.size() == 1) return by_input;
  PrefixCodes codes(coder);
  codes.Reserve(sources.size());
  for (uint32_t from : position) codes.AppendFrom(by_input, from);
  return codes;
}

// From the vectors as the tier keeps them, which is far finer than codes are.
PrefixCodes EncodeAll(const std::shared_ptr<const PrefixCoder>& coder, const TierRows& rows,
                      std::vector<uint32_t>* zero_prefix_rows) {
  PrefixCodes codes(coder);
  codes.Reserve(rows.size());
  std::vector<float> vector(coder->vector_dims());
  zero_prefix_rows->clear();
  for (uint32_t row = 0; row < rows.size(); ++row) {
    (void)rows.Decode(row, vector.size(), vector.data());  // rows.status() tells
    if (!codes.Append(vector.data())) zero_prefix_rows->push_back(row);
  }
  return codes;
}

// With fewer of the rows than this, what was chosen before was chosen from too little.
constexpr double kShareThatChose = 0.5;

// `zero_prefix_rows` are those of the inputs, and become those of the codes.
absl::StatusOr<PrefixCodes> MakeCodes(const ResolvedSpec& spec, absl::Span<const MergeInput> inputs,
                                      const std::vector<Source>& sources, const TierRows& rows,
                                      const MergeParams& params,
                                      std::vector<uint32_t>* zero_prefix_rows) {
  const auto largest =
      std::max_element(inputs.begin(), inputs.end(), [](const MergeInput& a, const MergeInput& b) {
        return a.segment->rows.size() < b.segment->rows.size();
      });
  const Segment& before = *largest->segment;
  const bool chosen = before.indexed && static_cast<double>(before.rows.size()) >=
                                            kShareThatChose * static_cast<double>(rows.size());
  CoderBefore current{chosen ? before.index->coder() : nullptr};
  if (params.beside != nullptr) current = {params.beside, kWorthParting};
  NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<const PrefixCoder> coder,
                          ChooseCoder(spec, rows, current, params.asked));
  if (HaveCoder(inputs, *coder)) return GatherCodes(coder, inputs, sources);
  return EncodeAll(coder, rows, zero_prefix_rows);
}

absl::StatusOr<std::unique_ptr<const ShortlistIndex>> BuildIndex(const ResolvedSpec& spec,
                                                                 PrefixCodes codes,
                                                                 const TierRows& rows,
                                                                 const MergeParams& params) {
  std::unique_ptr<const ShortlistIndex> index;
  if (spec.index_kind == IndexKind::kFlat) return std::make_unique<FlatIndex>(std::move(codes));
  // A graph is walked by the codes, so it must be one over what they see.
  const size_t dims = spec.index_kind == IndexKind::kIvf
                          ? std::min(codes.format().dims, kMaxListDims)
                          : codes.format().dims;
  const PrefixReader prefixes(rows, spec.metric, dims, codes.coder().basis().get());
  switch (spec.index_kind) {
    case IndexKind::kFlat:
      break;
    case IndexKind::kHnsw: {
      NESTOR_ASSIGN_OR_RETURN(
          HnswGraph graph, BuildHnswGraph(prefixes, {.m = spec.hnsw_m,
                                                     .ef_construction = spec.hnsw_ef_construction,
                                                     .threads = params.threads,
                                                     .cancelled = params.cancelled}));
      index = std::make_unique<HnswIndex>(std::move(codes), std::move(graph));
      break;
    }
    case IndexKind::kIvf: {
      NESTOR_ASSIGN_OR_RETURN(index, IvfIndex::Build(codes, prefixes,
                                                     {.lists = spec.ivf_lists,
                                                      .threads = params.threads,
                                                      .cancelled = params.cancelled}));
      break;
    }
  }
  return index;
}

// Throws std::bad_alloc and std::system_error.
absl::StatusOr<MergedSegment> Merge(const ResolvedSpec& spec, absl::Span<const MergeInput> inputs,
                                    const MergeParams& params) {
  const std::vector<Source> sources = LiveRows(inputs);
  NESTOR_CHECK(sources.size() <= kMaxSegmentRows);
  MergedSegment result;
  if (sources.empty()) return result;
  Segment merged;
  merged.first_sequence = inputs[0].segment->first_sequence;
  for (const MergeInput& input : inputs) {
    merged.first_sequence = std::min(merged.first_sequence, input.segment->first_sequence);
  }
  merged.rows.reserve(sources.size());
  result.rows.Reserve(sources.size());
  for (const Source& source : sources) {
    const Segment& from = *inputs[source.input].segment;
    const std::vector<uint32_t>& zeros = from.zero_prefix_rows;
    if (std::binary_search(zeros.begin(), zeros.end(), source.local)) {
      merged.zero_prefix_rows.push_back(static_cast<uint32_t>(merged.rows.size()));
    }
    merged.rows.push_back(source.row);
    result.rows.Add(from.tier.get(), source.local);
  }
  NESTOR_ASSIGN_OR_RETURN(PrefixCodes codes, MakeCodes(spec, inputs, sources, result.rows, params,
                                                       &merged.zero_prefix_rows));
  NESTOR_ASSIGN_OR_RETURN(merged.index, BuildIndex(spec, std::move(codes), result.rows, params));
  NESTOR_RETURN_IF_ERROR(result.rows.status());
  merged.indexed = true;
  result.segment = std::make_shared<Segment>(std::move(merged));
  return result;
}

}  // namespace

std::optional<uint32_t> Segment::Find(Row row) const {
  if (rows.empty() || row < rows.front() || row > rows.back()) return std::nullopt;
  const auto it = std::lower_bound(rows.begin(), rows.end(), row);
  if (it == rows.end() || *it != row) return std::nullopt;
  return static_cast<uint32_t>(it - rows.begin());
}

SegmentBuilder::SegmentBuilder(const ResolvedSpec& spec, std::shared_ptr<const PrefixCoder> coder,
                               size_t expected_rows)
    : codes_(std::move(coder)),
      tier_(NewRerankTier(spec.rerank_tier, spec.metric, spec.dims, expected_rows)) {
  segment_.rows.reserve(expected_rows);
  codes_.Reserve(expected_rows);
}

void SegmentBuilder::Append(Row row, Sequence sequence, const float* vector) {
  NESTOR_CHECK(segment_.rows.size() < kMaxSegmentRows);
  NESTOR_CHECK(segment_.rows.empty() || segment_.rows.back() < row);
  if (segment_.rows.empty() || sequence < segment_.first_sequence)
    segment_.first_sequence = sequence;
  if (!codes_.Append(vector))
    segment_.zero_prefix_rows.push_back(static_cast<uint32_t>(segment_.rows.size()));
  tier_->Append(vector);
  segment_.rows.push_back(row);
}

std::shared_ptr<const Segment> SegmentBuilder::Finish() && {
  segment_.index = std::make_unique<FlatIndex>(std::move(codes_));
  segment_.tier = std::move(tier_);
  return std::make_shared<const Segment>(std::move(segment_));
}

absl::StatusOr<MergedSegment> MergeSegments(const ResolvedSpec& spec,
                                            absl::Span<const MergeInput> inputs,
                                            const MergeParams& params) {
  try {
    return Merge(spec, inputs, params);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("out of memory for a merged segment");
  } catch (const std::system_error& error) {  // a thread that could not be started
    return absl::ResourceExhaustedError(absl::StrCat("merging segments: ", error.what()));
  }
}

absl::Status CopyTier(const ResolvedSpec& spec, const MergedSegment& merged) {
  try {
    std::unique_ptr<RerankTier> tier =
        NewRerankTier(spec.rerank_tier, spec.metric, spec.dims, merged.rows.size());
    NESTOR_RETURN_IF_ERROR(merged.rows.AppendTo(tier.get()));
    merged.segment->tier = std::move(tier);
    return absl::OkStatus();
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("out of memory for the vectors of a merged segment");
  }
}

}  // namespace nestor
