#include "benchmarks/baselines.h"

#include <gtest/gtest.h>

#include "benchmarks/ground_truth.h"
#include "benchmarks/measure.h"
#include "benchmarks/quality.h"
#include "tests/benchmarks/bench_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::RandomMatrix;

constexpr size_t kLimit = 10;

class BaselinesTest : public ::testing::TestWithParam<Metric> {
 protected:
  // Recall of each variant, in their order.
  std::vector<double> Recalls(const Method& method) const {
    const ExactScorer scorer(base_, GetParam());
    const Answers truth = ExactNeighbours(scorer, base_, queries_, kLimit, 1);
    std::vector<double> recalls;
    const std::vector<Measurement> measurements = *Measure({&method, 1}, queries_, 1);
    for (const Measurement& m : measurements) {
      recalls.push_back(MeanRecall(m.answers, truth, queries_, scorer));
    }
    return recalls;
  }

  const FloatMatrix base_ = RandomMatrix(400, 24, 1);
  const FloatMatrix queries_ = RandomMatrix(20, 24, 2);
  const FloatMatrix unit_ = Prefixes(base_, 24, GetParam());
};

TEST_P(BaselinesTest, ExactScanFindsTheTruth) {
  const Method method = ExactScan(unit_, GetParam(), kLimit);
  EXPECT_EQ(Recalls(method), std::vector<double>{1});
  EXPECT_EQ(method.cost.resident_bytes_per_vector, 24 * 4);
}

TEST_P(BaselinesTest, HnswlibOverAllRowsFindsTheTruthWhenEfIsAllRows) {
  const Method method = HnswlibFull(unit_, GetParam(), kLimit, 1).value();
  const std::vector<double> recalls = Recalls(method);
  ASSERT_EQ(method.variants.back().knob, "ef 512");
  // The graph is connected from its entry point but for an unlucky row or two.
  EXPECT_GE(recalls.back(), 0.99);
  EXPECT_LT(recalls.front(), recalls.back());
  EXPECT_GT(method.cost.resident_bytes_per_vector, 24 * 4 + 33 * 4 + 8);
}

TEST_P(BaselinesTest, HnswlibOverPrefixesFindsTheTruthWhenKIsAllRows) {
  const Method method = HnswlibPrefix(unit_, 8, GetParam(), kLimit, 1).value();
  const std::vector<double> recalls = Recalls(method);
  ASSERT_EQ(method.variants.back().knob, "K 800 ef 1600");
  EXPECT_GE(recalls.back(), 0.99);
  EXPECT_LT(recalls.front(), recalls.back());
  EXPECT_GT(method.cost.resident_bytes_per_vector, 24 * 4 + 8 * 4 + 33 * 4 + 8);
}

TEST_P(BaselinesTest, FaissIvfOverPrefixesFindsTheTruthWhenAllListsAreProbed) {
  const Method method = FaissIvfPrefix(unit_, 8, GetParam(), kLimit, 1).value();
  const std::vector<double> recalls = Recalls(method);
  // 80 lists, of which at most 64 are probed, and K is all rows.
  ASSERT_EQ(method.variants.back().knob, "K 800 nprobe 64");
  EXPECT_GE(recalls.back(), 0.95);
  EXPECT_LT(recalls.front(), recalls.back());
  EXPECT_GE(method.cost.resident_bytes_per_vector, 24 * 4 + 8 * 4 + 8);
}

TEST_P(BaselinesTest, SeveralThreadsBuildGraphsThatAreAsGood) {
  const std::vector<double> recalls = Recalls(*HnswlibFull(unit_, GetParam(), kLimit, 3));
  EXPECT_GE(recalls.back(), 0.95);  // the order of insertion is chance
}

INSTANTIATE_TEST_SUITE_P(Metrics, BaselinesTest,
                         ::testing::Values(Metric::kCosine, Metric::kDot, Metric::kL2),
                         [](const auto& info) {
                           return std::string(MetricName(info.param).data(),
                                              MetricName(info.param).size());
                         });

TEST(BaselineKnobsTest, SettingsBelowTheLimitAreLeftOut) {
  const FloatMatrix base = RandomMatrix(100, 8, 1);
  EXPECT_EQ(HnswlibFull(base, Metric::kDot, 100, 1)->variants.front().knob, "ef 128");
  EXPECT_EQ(HnswlibPrefix(base, 4, Metric::kDot, 60, 1)->variants.front().knob, "K 100 ef 100");
  EXPECT_EQ(FaissIvfPrefix(base, 4, Metric::kDot, 60, 1)->variants.front().knob, "K 200 nprobe 1");
}

}  // namespace
}  // namespace nestor::bench
