#include "engine/prefix_choice.h"

#include <utility>
#include <vector>

#include "engine/prefix_reader.h"

namespace nestor {
namespace {

// The error of each dim of their mean is below a sixtieth of its spread.
constexpr size_t kCentreRows = 4096;

// Vectors by row, `dims` long.
std::vector<float> MeanOf(const std::vector<float>& vectors, size_t dims) {
  std::vector<double> sums(dims);
  for (size_t i = 0; i < vectors.size(); ++i) sums[i % dims] += vectors[i];
  std::vector<float> mean(dims);
  const double count = static_cast<double>(vectors.size()) / static_cast<double>(dims);
  for (size_t i = 0; i < dims; ++i) mean[i] = static_cast<float>(sums[i] / count);
  return mean;
}

// The sum of the squared distances of the vectors from a centre (empty: the origin): what codes
// have to say.
double Spread(const std::vector<float>& vectors, size_t dims, const std::vector<float>& centre) {
  double spread = 0;
  for (size_t i = 0; i < vectors.size(); ++i) {
    const double difference = vectors[i] - (centre.empty() ? 0.0 : centre[i % dims]);
    spread += difference * difference;
  }
  return spread;
}

// Codes are made anew only if that takes this share of what they have to say.
constexpr double kWorthCentring = 0.05;

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

std::shared_ptr<const PrefixCoder> ChooseCoder(const ResolvedSpec& spec, const RerankTier& tier,
                                               std::shared_ptr<const PrefixCoder> current) {
  if (!current->packed()) return current;
  const size_t dims = current->format().dims;
  const std::vector<float> sample = PrefixReader(tier, spec.metric, dims).Sample(kCentreRows);
  std::vector<float> mean = MeanOf(sample, dims);
  if (Spread(sample, dims, mean) > (1 - kWorthCentring) * Spread(sample, dims, current->centre())) {
    return current;
  }
  return std::make_shared<const PrefixCoder>(current->format(), std::move(mean));
}

}  // namespace nestor
