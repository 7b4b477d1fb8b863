#include "engine/advisor.h"

#include <algorithm>
#include <memory>

#include "engine/prefix_choice.h"
#include "engine/prefix_sample.h"

namespace nestor {
namespace {

constexpr uint32_t kShortestPrefix = 16;
// A prefix of so much of a vector is judged, and has to keep so much of what chance leaves out.
constexpr uint32_t kJudgedPart = 8;
constexpr double kLeastAdvantage = 0.25;

// Powers of two, and what the model was trained for.
std::vector<uint32_t> PrefixLengths(const ResolvedSpec& spec) {
  std::vector<uint32_t> lengths;
  for (uint32_t dims = kShortestPrefix; dims < spec.dims; dims *= 2) lengths.push_back(dims);
  for (const uint32_t dims : spec.requested.matryoshka_dims) {
    if (dims < spec.dims) lengths.push_back(dims);
  }
  std::sort(lengths.begin(), lengths.end());
  lengths.erase(std::unique(lengths.begin(), lengths.end()), lengths.end());
  return lengths;
}

// The one whose length is nearest to a part of all dims.
const PrefixQuality& Judged(const std::vector<PrefixQuality>& prefixes, uint32_t dims) {
  const auto far = [wanted = dims / kJudgedPart](const PrefixQuality& prefix) {
    const uint32_t length = prefix.format.dims;
    return length > wanted ? length - wanted : wanted - length;
  };
  return *std::min_element(
      prefixes.begin(), prefixes.end(),
      [&](const PrefixQuality& a, const PrefixQuality& b) { return far(a) < far(b); });
}

}  // namespace

Advice Advise(const ResolvedSpec& spec, const KeptVectors& vectors) {
  const PrefixSample sample = SampleForCodes(spec, vectors);
  Advice advice{
      .points = vectors.size(), .sample_points = sample.rows(), .sample_queries = sample.queries()};
  for (const uint32_t dims : PrefixLengths(spec)) {
    const PrefixCodeFormat format = {spec.metric, dims, 32};
    const std::shared_ptr<const PrefixCoder> coder = sample.MakeCoder(format);
    advice.prefixes.push_back({.format = format,
                               .bytes = dims * sizeof(float),
                               .kept = sample.Kept(coder),
                               .kept_by_chance = sample.KeptByChance(coder)});
  }
  double most = -1;
  for (const PrefixCodeFormat& format : CodesOfOneLine(spec)) {
    const double kept = sample.Kept(sample.MakeCoder(format));
    advice.codes.push_back({.format = format, .bytes = kPrefixCodeBits / 8, .kept = kept});
    if (kept > most) advice.best = format;
    most = std::max(most, kept);
  }
  if (advice.prefixes.empty()) {  // so few dims have no prefix worth it
    advice.is_matryoshka = true;
    return advice;
  }
  advice.judged = Judged(advice.prefixes, spec.dims);
  const double left = 1 - advice.judged.kept_by_chance;
  advice.is_matryoshka =
      advice.judged.kept - advice.judged.kept_by_chance >= kLeastAdvantage * left;
  return advice;
}

}  // namespace nestor
