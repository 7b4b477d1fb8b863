#include "benchmarks/gen/generate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "benchmarks/data_files/content_hash.h"
#include "benchmarks/data_identity.h"
#include "benchmarks/float_matrix.h"
#include "benchmarks/int_file.h"
#include "benchmarks/json_file.h"
#include "benchmarks/temporary_directory.h"
#include "tests/benchmarks/run_nestor_bench.h"

namespace nestor::bench {
namespace {

using nestor::testing::BenchOutcome;
using nestor::testing::RunNestorBench;
using ::testing::HasSubstr;

class GenerateTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return folder_->path() + "/" + name; }

  BenchOutcome Gen(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"gen",       "--profile", "imagenet", "--rows",
                                          "50",        "--dims",    "20",       "--out",
                                          Path("out"), "--queries", "7"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunNestorBench(arguments);
  }

  const std::unique_ptr<TemporaryDirectory> folder_ = *TemporaryDirectory::Create();
};

TEST_F(GenerateTest, WritesVectorsLabelsAndWhatTheyAre) {
  const BenchOutcome outcome = Gen({"--seed", "5"});
  ASSERT_EQ(outcome.exit_code, kExitOk) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("synthetic, profile imagenet, seed 5"));
  const FloatMatrix base = *ReadFloatMatrix(Path("out/base.npy"), 0, Metric::kCosine);
  EXPECT_EQ(base.rows, 50);
  EXPECT_EQ(base.dims, 20);
  EXPECT_EQ(ReadFloatMatrix(Path("out/queries.npy"), 0, Metric::kCosine)->rows, 7);
  EXPECT_EQ(ReadLabels(Path("out/base_labels.npy"), 50)->size(), 50);
  EXPECT_EQ(ReadLabels(Path("out/query_labels.npy"), 7)->size(), 7);
  const Json document = *ReadJsonFile(Path("out/gen.json"));
  EXPECT_EQ(document["synthetic"], true);
  EXPECT_EQ(document["seed"], 5);
  EXPECT_EQ(document["model"]["beta"], 0.6);
}

TEST_F(GenerateTest, TheDataIsKnownAsSynthetic) {
  ASSERT_EQ(Gen().exit_code, kExitOk);
  const Json json =
      DataJson(*IdentifyData(Path("out/base.npy"), Path("out/queries.npy")), Metric::kCosine);
  EXPECT_EQ(json["synthetic"], true);
  EXPECT_EQ(json["profile"], "imagenet");
}

TEST_F(GenerateTest, TheSeedDecides) {
  const auto hash_with_seed = [&](const std::string& seed) {
    EXPECT_EQ(Gen({"--seed", seed}).exit_code, kExitOk);
    return *HashFile(Path("out/base.npy"));
  };
  const std::string first = hash_with_seed("1");
  EXPECT_NE(hash_with_seed("2"), first);
  EXPECT_EQ(hash_with_seed("1"), first);
}

TEST_F(GenerateTest, ThreadsAndBlocksDoNotMatter) {
  const PointMaker maker(*FindGenProfile("text"), 16, 3);
  const auto hash_with = [&](const GenParallelism& parallelism) {
    const auto vectors =
        *MatrixWriter::Create(Path("v.npy"), {101, 16, MatrixShape::Kind::kVectors});
    const auto labels = *MatrixWriter::Create(Path("l.npy"), {101, 1, MatrixShape::Kind::kInts});
    EXPECT_TRUE(WritePoints(
                    maker, GenRole::kBase, 101, parallelism, [](uint64_t) {}, *vectors, *labels)
                    .ok());
    return *vectors->Finish() + *labels->Finish();
  };
  const std::string expected = hash_with({.threads = 1, .block_rows = 101});
  EXPECT_EQ(hash_with({.threads = 4, .block_rows = 101}), expected);
  EXPECT_EQ(hash_with({.threads = 3, .block_rows = 7}), expected);
  EXPECT_EQ(hash_with({.threads = 8, .block_rows = 1}), expected);
}

TEST_F(GenerateTest, MoreRowsBeginWithTheSameOnes) {
  ASSERT_EQ(Gen().exit_code, kExitOk);
  const FloatMatrix few = *ReadFloatMatrix(Path("out/base.npy"), 0, Metric::kDot);
  ASSERT_EQ(RunNestorBench({"gen", "--profile", "imagenet", "--rows", "80", "--dims", "20",
                            "--queries", "7", "--out", Path("out")})
                .exit_code,
            kExitOk);
  EXPECT_EQ(ReadFloatMatrix(Path("out/base.npy"), 50, Metric::kDot)->values, few.values);
}

TEST_F(GenerateTest, BadUsageIsExitCode2) {
  const BenchOutcome outcome = RunNestorBench({"gen", "--profile", "sound", "--rows", "5", "--dims",
                                               "8", "--queries", "1", "--out", Path("out")});
  EXPECT_EQ(outcome.exit_code, kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("unknown profile 'sound'; there are: imagenet, text"));
  for (const std::string wrong : {"--rows", "--dims", "--queries"}) {
    std::vector<std::string> arguments = {"gen", "--profile", "text", "--out", Path("out")};
    for (const std::string name : {"--rows", "--dims", "--queries"}) {
      arguments.insert(arguments.end(), {name, name == wrong ? "0" : "4"});
    }
    EXPECT_EQ(RunNestorBench(arguments).exit_code, kExitUsage) << wrong;
  }
}

TEST_F(GenerateTest, AFolderThatCannotBeMadeIsExitCode1) {
  const BenchOutcome outcome = RunNestorBench({"gen", "--profile", "text", "--rows", "5", "--dims",
                                               "8", "--queries", "1", "--out", "/dev/null/out"});
  EXPECT_EQ(outcome.exit_code, kExitFailed);
  EXPECT_THAT(outcome.err, HasSubstr("cannot make /dev/null/out"));
}

}  // namespace
}  // namespace nestor::bench
