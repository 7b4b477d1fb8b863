#include "engine/prefix_choice.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/kernels/kernel_table.h"

namespace nestor {
namespace {

// Enough to tell codes apart that differ by a point, in about 0.2 s at 1,024 dims.
constexpr size_t kSampleRows = 8192;
constexpr size_t kSampleQueries = 128;
constexpr size_t kSampleBytes = size_t{64} << 20;
// With fewer rows all are about as good as each other.
constexpr size_t kLeastRows = 1024;

// Codes are made anew only if taking away another centre takes this share of what they have to say,
// or if another format keeps so much more of the neighbours.
constexpr double kWorthCentring = 0.05;
constexpr double kWorthChanging = 0.01;

constexpr uint32_t kCodeBits = kPrefixCodeBits - 8 * sizeof(kernels::PackedRowTerms);

size_t SampleRows(const ResolvedSpec& spec) {
  return std::min(kSampleRows, kSampleBytes / sizeof(float) / spec.dims);
}

PrefixCodeFormat BestFormat(const std::vector<PrefixCodeFormat>& formats,
                            const PrefixSample& sample, const PrefixCodeFormat* current) {
  PrefixCodeFormat best = formats.front();
  double best_kept = -1;
  for (const PrefixCodeFormat& format : formats) {
    double kept = sample.Kept(sample.MakeCoder(format));
    if (current != nullptr && format == *current) kept += kWorthChanging;
    if (kept <= best_kept) continue;
    best = format;
    best_kept = kept;
  }
  return best;
}

}  // namespace

PrefixCodeFormat PrefixFormat(const ResolvedSpec& spec) {
  return {spec.metric, spec.prefix_dims, spec.prefix_bits};
}

bool IsFormatOf(const ResolvedSpec& spec, const PrefixCodeFormat& format) {
  const CollectionSpec& requested = spec.requested;
  return format.metric == spec.metric && format.dims >= 1 && format.dims <= spec.dims &&
         IsPrefixBits(format.bits) &&
         (requested.prefix_dims == 0 || format.dims == requested.prefix_dims) &&
         (requested.prefix_bits == 0 || format.bits == requested.prefix_bits);
}

std::shared_ptr<const PrefixCoder> CurrentCoder(const ResolvedSpec& spec, const View& view) {
  std::shared_ptr<const PrefixCoder> coder = view.largest_coder();
  return coder != nullptr ? coder : std::make_shared<const PrefixCoder>(PrefixFormat(spec));
}

// What fits a cache line with the terms of a row. Those with more bits come first: of codes that
// keep as much, they are scored faster.
std::vector<PrefixCodeFormat> CodesOfOneLine(const ResolvedSpec& spec) {
  std::vector<PrefixCodeFormat> formats;
  for (const uint32_t bits : {8, 4, 2, 1}) {
    // A walk of a graph goes by every single score. By 1 bit it found less of 100,000 texts than by
    // 2 bits with as many candidates, although a scan finds more; of 10,000 texts it still finds
    // more (benchmarks/NOTES.md).
    if (bits == 1 && spec.index_kind == IndexKind::kHnsw) continue;
    const uint32_t dims = std::min(spec.dims, kCodeBits / bits);
    if (!formats.empty() && formats.back().dims == dims) break;  // the same with fewer bits
    formats.push_back({spec.metric, dims, bits});
  }
  return formats;
}

PrefixSample SampleForCodes(const ResolvedSpec& spec, const KeptVectors& vectors) {
  return {vectors, spec.metric, spec.dims, SampleRows(spec), kSampleQueries};
}

std::shared_ptr<const PrefixCoder> ChooseCoder(const ResolvedSpec& spec, const KeptVectors& vectors,
                                               std::shared_ptr<const PrefixCoder> current) {
  PrefixCodeFormat format = current != nullptr ? current->format() : PrefixFormat(spec);
  if (format.bits == 32) return std::make_shared<const PrefixCoder>(format);
  const bool is_open = spec.requested.prefix_dims == 0 && spec.requested.prefix_bits == 0 &&
                       vectors.size() >= kLeastRows;
  const PrefixSample sample(vectors, spec.metric, spec.dims, SampleRows(spec),
                            is_open ? kSampleQueries : 0);
  if (is_open) {
    format = BestFormat(CodesOfOneLine(spec), sample, current != nullptr ? &format : nullptr);
  }
  std::shared_ptr<const PrefixCoder> coder = sample.MakeCoder(format);
  const bool stays = current != nullptr && current->format() == format &&
                     sample.Spread(*coder) > (1 - kWorthCentring) * sample.Spread(*current);
  return stays ? current : coder;
}

}  // namespace nestor
