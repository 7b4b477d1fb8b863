#include "engine/prefix_choice.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/basis.h"
#include "engine/kernels/kernel_table.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

// Enough to tell codes apart that differ by a point, in about 0.2 s at 1,024 dims.
constexpr size_t kSampleRows = 8192;
constexpr size_t kSampleQueries = 128;
constexpr size_t kSampleBytes = size_t{64} << 20;
// With fewer rows all are about as good as each other.
constexpr size_t kLeastRows = 1024;

// Codes are made anew only if taking away another centre takes this share of what they have to say.
constexpr double kWorthCentring = 0.05;

constexpr uint32_t kCodeBits = kPrefixCodeBits - 8 * sizeof(kernels::PackedRowTerms);

size_t SampleRows(const ResolvedSpec& spec) {
  return std::min(kSampleRows, kSampleBytes / sizeof(float) / spec.dims);
}

// Of the formats that the spec leaves open.
std::vector<PrefixCodeFormat> Formats(const ResolvedSpec& spec, const PrefixCodeFormat& current,
                                      size_t rows) {
  const bool is_open = spec.requested.prefix_dims == 0 && spec.requested.prefix_bits == 0;
  if (is_open && rows >= kLeastRows) return CodesOfOneLine(spec);
  PrefixCodeFormat format = current;
  format.learnt = false;
  return {format};
}

struct Judged {
  std::shared_ptr<const PrefixCoder> coder;
  double kept = -1;
  double rated = -1;  // what it keeps, and what changing must be worth for the format that there is
};

// The coder that keeps most, in a basis or without one (null).
Judged BestCoder(const std::vector<PrefixCodeFormat>& formats,
                 const std::shared_ptr<const Basis>& basis, const PrefixSample& sample,
                 const CoderBefore& current) {
  Judged best;
  for (PrefixCodeFormat format : formats) {
    format.learnt = basis != nullptr;
    Judged judged;
    judged.coder = sample.MakeCoder(format, format.learnt ? basis->First(format.dims) : nullptr);
    judged.kept = sample.Kept(judged.coder);
    const bool stays = current.coder != nullptr && format == current.coder->format();
    judged.rated = judged.kept + (stays ? current.worth_changing : 0);
    if (judged.rated > best.rated) best = std::move(judged);
  }
  return best;
}

uint32_t MostDims(const std::vector<PrefixCodeFormat>& formats) {
  uint32_t most = 0;
  for (const PrefixCodeFormat& format : formats) most = std::max(most, format.dims);
  return most;
}

// Whether `current` says about as much of the vectors as `best`, which is of the same format.
bool IsStillGood(const std::shared_ptr<const PrefixCoder>& current, const Judged& best,
                 const PrefixSample& sample) {
  if (current->format().learnt) return sample.Kept(current) + kWorthChanging >= best.kept;
  return sample.Spread(*best.coder) > (1 - kWorthCentring) * sample.Spread(*current);
}

}  // namespace

PrefixCodeFormat PrefixFormat(const ResolvedSpec& spec) {
  return {spec.metric, spec.prefix_dims, spec.prefix_bits};
}

bool IsFormatOf(const ResolvedSpec& spec, const PrefixCodeFormat& format) {
  const CollectionSpec& requested = spec.requested;
  return format.metric == spec.metric && format.dims >= 1 && format.dims <= spec.dims &&
         IsPrefixBits(format.bits) && (!format.learnt || spec.transform != Transform::kNone) &&
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

double WorthLearning(const PrefixSample& sample) {
  return sample.by_asked() ? kWorthLearning : kWorthLearningByPoints;
}

PrefixSample SampleForCodes(const ResolvedSpec& spec, const KeptVectors& vectors,
                            absl::Span<const std::vector<float>> asked) {
  return {vectors, spec.metric, spec.dims, SampleRows(spec), kSampleQueries, asked};
}

absl::StatusOr<std::shared_ptr<const PrefixCoder>> ChooseCoder(
    const ResolvedSpec& spec, const KeptVectors& vectors, const CoderBefore& current,
    absl::Span<const std::vector<float>> asked) {
  const PrefixCodeFormat before =
      current.coder != nullptr ? current.coder->format() : PrefixFormat(spec);
  const std::vector<PrefixCodeFormat> formats = Formats(spec, before, vectors.size());
  const bool learns = spec.transform != Transform::kNone && CanLearn(spec.dims, vectors.size());
  const bool judges = formats.size() > 1 || learns;
  if (!judges && before.bits == 32) return std::make_shared<const PrefixCoder>(formats.front());
  const PrefixSample sample(vectors, spec.metric, spec.dims, SampleRows(spec),
                            judges ? kSampleQueries : 0, asked);
  Judged best;
  if (!learns || spec.transform == Transform::kAuto) {
    best = BestCoder(formats, nullptr, sample, current);
  }
  if (learns) {
    NESTOR_ASSIGN_OR_RETURN(
        const std::shared_ptr<const Basis> basis,
        LearnBasis(vectors, spec.metric, spec.dims, MostDims(formats), sample.query_rows()));
    Judged learnt = BestCoder(formats, basis, sample, current);
    const double worth = WorthLearning(sample) / (before.learnt ? 2 : 1);
    if (best.coder == nullptr || learnt.rated >= best.rated + worth) best = std::move(learnt);
  }
  const bool stays = current.coder != nullptr && before == best.coder->format() &&
                     IsStillGood(current.coder, best, sample);
  return stays ? current.coder : best.coder;
}

}  // namespace nestor
