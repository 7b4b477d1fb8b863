// What the profile `imagenet` promises of its prefixes.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "benchmarks/command_line.h"
#include "benchmarks/json_file.h"
#include "tests/benchmarks/run_nestor_bench.h"
#include "tests/testing/temp_dir.h"

namespace nestor::testing {
namespace {

struct PrefixGoal {
  int dims;
  double average_precision;  // mAP@10 of ImageNet-1K, as the Matryoshka paper draws it, about
};
constexpr PrefixGoal kGoals[] = {{8, 0.51},  {16, 0.61},  {32, 0.645},
                                 {64, 0.65}, {128, 0.65}, {256, 0.655}};

TEST(ImagenetCurveTest, PrefixesAreAsGoodAsThoseOfThePaper) {
  const TempDir directory;
  const std::string data = directory.Join("images");
  BenchOutcome outcome = RunNestorBench({"gen", "--profile", "imagenet", "--rows", "100000",
                                         "--dims", "256", "--queries", "1000", "--out", data});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  const std::string json = directory.Join("paper.json");
  outcome =
      RunNestorBench({"paper", "--base", data + "/base.npy", "--labels", data + "/base_labels.npy",
                      "--queries", data + "/queries.npy", "--query-labels",
                      data + "/query_labels.npy", "--scanned-queries", "0", "--json", json});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  const Json document = *bench::ReadJsonFile(json);
  ASSERT_EQ(document["by_prefix"].size(), std::size(kGoals));
  for (size_t i = 0; i < std::size(kGoals); ++i) {
    const Json& prefix = document["by_prefix"][i];
    EXPECT_EQ(prefix["dims"], kGoals[i].dims);
    EXPECT_NEAR(prefix["map_at_10"], kGoals[i].average_precision, 0.03) << kGoals[i].dims;
  }
  const double exact = document["by_prefix"].back()["map_at_10"];
  for (const Json& result : document["adaptive"]) {
    if (result["shortlist_dims"] != 16 || result["rerank_dims"] != Json{256}) continue;
    EXPECT_NEAR(result["map_at_10"], exact, 0.005);
  }
}

}  // namespace
}  // namespace nestor::testing
