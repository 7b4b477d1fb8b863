#include "benchmarks/report/bootstrap.h"

#include <algorithm>
#include <random>
#include <vector>

#include "benchmarks/quantile.h"

namespace nestor::bench {
namespace {

constexpr int kResamples = 2000;

std::vector<double> Resample(absl::Span<const double> samples, size_t block, std::mt19937* random) {
  std::uniform_int_distribution<size_t> any(0, samples.size() - 1);
  std::vector<double> drawn;
  drawn.reserve(samples.size() + block);
  while (drawn.size() < samples.size()) {
    const size_t first = any(*random);
    for (size_t i = 0; i < block; ++i) drawn.push_back(samples[(first + i) % samples.size()]);
  }
  drawn.resize(samples.size());
  return drawn;
}

}  // namespace

Interval RelativeChange(absl::Span<const double> a, absl::Span<const double> b, size_t block,
                        uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<double> changes;
  for (int i = 0; i < kResamples; ++i) {
    const double before = Quantile(Resample(a, block, &random), 0.5);
    const double after = Quantile(Resample(b, block, &random), 0.5);
    changes.push_back(after / before - 1);
  }
  return {Quantile(changes, 0.025), Quantile(changes, 0.975)};
}

}  // namespace nestor::bench
