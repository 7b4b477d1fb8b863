// `nestor-bench engine` at a tiny size.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/match.h"
#include "benchmarks/command_line.h"
#include "benchmarks/ground_truth.h"
#include "benchmarks/json_file.h"
#include "tests/benchmarks/bench_files.h"
#include "tests/benchmarks/run_nestor_bench.h"
#include "tests/client/test_files.h"

namespace nestor {
namespace {

using ::testing::AllOf;
using testing::BenchOutcome;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::RandomMatrix;
using testing::RunNestorBench;
using ::testing::UnorderedElementsAre;
using testing::WriteFbin;

struct Files {
  bench::FloatMatrix base = RandomMatrix(300, 80, 1);
  bench::FloatMatrix queries = RandomMatrix(8, 80, 2);
  std::vector<std::string> arguments = {"engine",
                                        "--base",
                                        WriteFbin("base.fbin", base),
                                        "--queries",
                                        WriteFbin("queries.fbin", queries),
                                        "--repeat",
                                        "1"};

  BenchOutcome Run(const std::vector<std::string>& more) const {
    std::vector<std::string> all = arguments;
    all.insert(all.end(), more.begin(), more.end());
    return RunNestorBench(all);
  }
};

TEST(EngineBenchmarkTest, PrintsTheMachineThenEveryMethodThenEqualRecall) {
  const BenchOutcome outcome = Files().Run({});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  size_t at = 0;
  for (const std::string part :
       {"machine ", "compiler ", "kernels ", "data      base.fbin: 300 rows x 80 dims;",
        "queries.fbin: 8 queries; cosine", "recall@10", "exact ", "hnsw_full ", "hnsw_prefix ",
        "ivf_prefix ", "nestor_hnsw ", "adaptive 0.95", "funnel K", "exact", "nestor_ivf ",
        "nestor_flat ", "At equal recall", "nestor_hnsw "}) {
    at = outcome.out.find(part, at);
    ASSERT_NE(at, std::string::npos) << part << " is missing or misplaced:\n" << outcome.out;
  }
  EXPECT_THAT(outcome.out, Not(HasSubstr("mAP")));
}

TEST(EngineBenchmarkTest, EveryMetricRuns) {
  for (const std::string metric : {"dot", "l2"}) {
    const BenchOutcome outcome = Files().Run({"--metric", metric, "--recall", "0.9"});
    EXPECT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("queries; " + metric));
  }
}

TEST(EngineBenchmarkTest, TheIndexesThatAreNamedAreBuilt) {
  const BenchOutcome outcome =
      Files().Run({"--index", "ivf,flat", "--recall", "0.9", "--build-threads", "2"});
  EXPECT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("nestor_ivf"), HasSubstr("nestor_flat"),
                                 Not(HasSubstr("nestor_hnsw"))));
}

TEST(EngineBenchmarkTest, LabelsAddMeanAveragePrecision) {
  const Files files;
  const BenchOutcome outcome =
      files.Run({"--labels", testing::WriteNpyLabels("labels.npy", std::vector<int32_t>(300, 7)),
                 "--query-labels", testing::WriteNpyLabels("ql.npy", std::vector<int32_t>(8, 7))});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("mAP@10"), HasSubstr("At equal mAP")));
}

TEST(EngineBenchmarkTest, LabelsOfAnotherCountAreExitCode2) {
  const BenchOutcome outcome = Files().Run(
      {"--labels", testing::WriteNpyLabels("labels.npy", std::vector<int32_t>(301, 7)),
       "--query-labels", testing::WriteNpyLabels("ql.npy", std::vector<int32_t>(8, 7))});
  EXPECT_EQ(outcome.exit_code, bench::kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("301 labels for 300 vectors"));
}

TEST(EngineBenchmarkTest, JsonHasEverySystemWithItsFields) {
  const Files files;
  const std::string path = testing::WriteFile("engine.json", "");
  const BenchOutcome outcome =
      files.Run({"--json", path, "--labels",
                 testing::WriteNpyLabels("labels.npy", std::vector<int32_t>(300, 7)),
                 "--query-labels", testing::WriteNpyLabels("ql.npy", std::vector<int32_t>(8, 7))});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  const Json document = *bench::ReadJsonFile(path);
  EXPECT_EQ(document["command"], "engine");
  EXPECT_EQ(document["data"]["rows"], 300);
  EXPECT_EQ(document["data"]["synthetic"], false);
  std::set<std::string> systems;
  for (const Json& result : document["results"]) {
    systems.insert(result["system"]);
    EXPECT_TRUE(result["params"].is_object());
    EXPECT_EQ(result["pass_us"].size(), 1U);
    EXPECT_GE(result["map_at_10"], result["system"] == "exact" ? 1.0 : 0.1);
    const bool is_ours = absl::StartsWith(result["system"].get<std::string>(), "nestor_");
    EXPECT_EQ(result["mapped_bytes_per_vector"] > 0.0, is_ours);  // segments keep their points
    EXPECT_GE(result["resident_bytes_per_vector"], is_ours ? 48.0 : 80.0);
    EXPECT_EQ(result.contains("bytes_per_vector_by_part"), is_ours);
    EXPECT_GT(result["us_per_query"], 0.0);
    EXPECT_TRUE(result["build_seconds"].is_number());
    EXPECT_GE(result["recall_at_10"], result["system"] == "exact" ? 1.0 : 0.0);
  }
  EXPECT_THAT(systems, UnorderedElementsAre("exact", "hnsw_full", "hnsw_prefix", "ivf_prefix",
                                            "nestor_hnsw", "nestor_ivf", "nestor_flat"));
  EXPECT_FALSE(document["at_equal_recall"].empty());
  EXPECT_FALSE(document["at_equal_map"].empty());
}

TEST(EngineBenchmarkTest, TruthOfOtherDataIsExitCode2) {
  const Files files;
  const BenchOutcome outcome = files.Run(
      {"--limit", "2", "--truth",
       testing::WriteIvecs("truth.ivecs", std::vector<std::vector<int32_t>>(8, {290, 291}))});
  EXPECT_EQ(outcome.exit_code, bench::kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("of an exact scan"));
}

TEST(EngineBenchmarkTest, TruthFromAFileIsTheTruth) {
  const Files files;
  const bench::ExactScorer scorer(files.base, Metric::kCosine);
  std::vector<std::vector<int32_t>> truth;
  for (const auto& rows : bench::ExactNeighbours(scorer, files.base, files.queries, 5, 1)) {
    truth.emplace_back(rows.begin(), rows.end());
  }
  const std::string path = testing::WriteIvecs("truth.ivecs", truth);
  EXPECT_THAT(files.Run({"--truth", path, "--limit", "5"}).out,
              AllOf(HasSubstr("recall@5"), HasSubstr("1.0000")));
  EXPECT_THAT(files.Run({"--truth", path, "--limit", "6"}).err,
              HasSubstr("8 queries x 6 neighbours are needed"));
}

TEST(EngineBenchmarkTest, FilesThatDoNotFitAreExitCode2) {
  const Files files;
  EXPECT_THAT(files.Run({"--rows", "9"}).err, HasSubstr("limit 10 exceeds the 9 rows"));
  EXPECT_EQ(files.Run({"--rows", "9"}).exit_code, bench::kExitUsage);
  const std::string narrow = WriteFbin("narrow.fbin", RandomMatrix(2, 5, 1));
  EXPECT_THAT(RunNestorBench({"engine", "--base", files.arguments[2], "--queries", narrow}).err,
              AllOf(HasSubstr("base.fbin has 80 dims"), HasSubstr("narrow.fbin has 5")));
  EXPECT_THAT(files.Run({"--prefix-dims", "81"}).err, HasSubstr("81 exceeds dims 80"));
}

}  // namespace
}  // namespace nestor
