#include "engine/advisor.h"

#include <algorithm>
#include <memory>

#include "engine/basis.h"
#include "engine/prefix_choice.h"
#include "engine/prefix_sample.h"
#include "storage/status_macros.h"

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

// The prefixes themselves.
void JudgePrefixes(const ResolvedSpec& spec, const PrefixSample& sample, const Basis* basis,
                   Advice* advice) {
  for (const uint32_t dims : PrefixLengths(spec)) {
    PrefixCodeFormat format = {spec.metric, dims, 32};
    const std::shared_ptr<const PrefixCoder> coder = sample.MakeCoder(format);
    PrefixQuality quality = {.format = format,
                             .bytes = dims * sizeof(float),
                             .kept = sample.Kept(coder),
                             .kept_by_chance = sample.KeptByChance(coder)};
    if (basis != nullptr) {
      format.learnt = true;
      quality.kept_learnt = sample.Kept(sample.MakeCoder(format, basis->First(dims)));
    }
    advice->prefixes.push_back(quality);
  }
}

// The codes in a basis, or without one (null): the best of them.
PrefixQuality JudgeCodes(const ResolvedSpec& spec, const PrefixSample& sample, const Basis* basis,
                         Advice* advice) {
  PrefixQuality best = {.format = {}, .kept = -1};
  for (PrefixCodeFormat format : CodesOfOneLine(spec)) {
    format.learnt = basis != nullptr;
    const auto coder =
        sample.MakeCoder(format, format.learnt ? basis->First(format.dims) : nullptr);
    advice->codes.push_back(
        {.format = format, .bytes = kPrefixCodeBits / 8, .kept = sample.Kept(coder)});
    if (advice->codes.back().kept > best.kept) best = advice->codes.back();
  }
  return best;
}

void JudgeVectors(uint32_t dims, Advice* advice) {
  if (advice->prefixes.empty()) {  // so few dims have no prefix worth it
    advice->is_matryoshka = true;
    return;
  }
  advice->judged = Judged(advice->prefixes, dims);
  const double left = 1 - advice->judged.kept_by_chance;
  advice->is_matryoshka =
      advice->judged.kept - advice->judged.kept_by_chance >= kLeastAdvantage * left;
}

}  // namespace

absl::StatusOr<Advice> Advise(const ResolvedSpec& spec, const KeptVectors& vectors,
                              absl::Span<const std::vector<float>> asked) {
  const PrefixSample sample = SampleForCodes(spec, vectors, asked);
  Advice advice{.points = vectors.size(),
                .sample_points = sample.judged_rows(),
                .sample_queries = sample.queries(),
                .by_asked = sample.by_asked()};
  std::shared_ptr<const Basis> basis;
  if (CanLearn(spec.dims, vectors.size())) {
    NESTOR_ASSIGN_OR_RETURN(
        basis, LearnBasis(vectors, spec.metric, spec.dims, spec.dims, sample.query_rows()));
  }
  JudgePrefixes(spec, sample, basis.get(), &advice);
  JudgeVectors(spec.dims, &advice);
  const PrefixQuality best = JudgeCodes(spec, sample, nullptr, &advice);
  advice.best = best.format;
  if (basis == nullptr) return advice;
  const PrefixQuality learnt = JudgeCodes(spec, sample, basis.get(), &advice);
  advice.is_worth_learning = learnt.kept >= best.kept + WorthLearning(sample);
  if (advice.is_worth_learning) advice.best = learnt.format;
  return advice;
}

}  // namespace nestor
