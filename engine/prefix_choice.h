#ifndef NESTOR_ENGINE_PREFIX_CHOICE_H_
#define NESTOR_ENGINE_PREFIX_CHOICE_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/collection_spec.h"
#include "engine/prefix_coder.h"
#include "engine/prefix_sample.h"
#include "engine/rerank_tier.h"
#include "engine/view.h"

namespace nestor {

// What a collection has before anything is known about its vectors, and keeps where its spec says
// so.
PrefixCodeFormat PrefixFormat(const ResolvedSpec& spec);

// Whether a segment of the collection may have codes of this format: valid, and what its spec says.
bool IsFormatOf(const ResolvedSpec& spec, const PrefixCodeFormat& format);

// The coder for rows that are sealed now: the largest segment's.
std::shared_ptr<const PrefixCoder> CurrentCoder(const ResolvedSpec& spec, const View& view);

// The formats that ChooseCoder chooses from.
std::vector<PrefixCodeFormat> CodesOfOneLine(const ResolvedSpec& spec);

// What it judges them by. REQUIRES: there is a vector.
PrefixSample SampleForCodes(const ResolvedSpec& spec, const KeptVectors& vectors,
                            absl::Span<const std::vector<float>> asked = {});

// A basis is worth its cost and its risk when it keeps so much more of the neighbours: by queries
// that were asked, or by points, whose tails a basis knows better than those of queries that lie
// elsewhere. Of one that is there half of it is asked.
inline constexpr double kWorthLearning = 0.05;
inline constexpr double kWorthLearningByPoints = 0.15;
double WorthLearning(const PrefixSample& sample);

// How much more of the neighbours another format has to keep: than the one that the same rows had,
// and than that of a larger segment beside them. Where formats differ, scores cannot be compared,
// and each segment brings as many candidates as all of them were to bring together.
inline constexpr double kWorthChanging = 0.01;
inline constexpr double kWorthParting = 0.05;

// A coder that was chosen before, from a part of the rows or for a larger segment beside them.
struct CoderBefore {
  std::shared_ptr<const PrefixCoder> coder = nullptr;  // null: there was none
  double worth_changing = kWorthChanging;
};

// The coder for a segment of these vectors, from a sample of them: where the spec leaves it
// open, of the formats that fit a cache line the one whose shortlists hold most of the true
// neighbours, and a basis where it is worth it. They are judged by queries that users have `asked`
// if those are enough, and otherwise by vectors. `current` stays as long as it suits the data about
// as well as a new one. Errors are those of LearnBasis. REQUIRES: there is a vector.
absl::StatusOr<std::shared_ptr<const PrefixCoder>> ChooseCoder(
    const ResolvedSpec& spec, const KeptVectors& vectors, const CoderBefore& current = {},
    absl::Span<const std::vector<float>> asked = {});

}  // namespace nestor

#endif  // NESTOR_ENGINE_PREFIX_CHOICE_H_
