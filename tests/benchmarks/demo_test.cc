// The whole demo, against a small true server.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "benchmarks/command_line.h"
#include "client/client.h"
#include "tests/benchmarks/run_nestor_bench.h"
#include "tests/client/fake_server.h"
#include "tests/client/test_files.h"

namespace nestor {
namespace {

using ::testing::AllOf;
using testing::BenchOutcome;
using testing::F32;
using testing::FakeServer;
using ::testing::HasSubstr;
using testing::NpyF32;
using testing::RandomValues;
using testing::RunNestorBench;
using testing::WriteFile;

constexpr uint64_t kPoints = 50;
constexpr uint64_t kDims = 8;

// Every query is the vector of its answer.
std::string WriteDemoFolder(uint64_t queries) {
  const std::vector<float> values = RandomValues(kPoints, kDims, 3);
  std::string payloads;
  std::string texts;
  for (uint64_t row = 0; row < kPoints; ++row) {
    absl::StrAppend(&payloads, "{\"id\":\"p", row, "\",\"synopsis\":\"thing ", row, "\"}\n");
    if (row < queries) {
      absl::StrAppend(&texts, "{\"text\":\"find ", row, "\",\"answer\":\"p", row, "\"}\n");
    }
  }
  WriteFile("vectors.npy", NpyF32(kPoints, kDims, F32(values)));
  WriteFile("payloads.jsonl", payloads);
  WriteFile("queries.npy",
            NpyF32(queries, kDims, F32({values.begin(), values.begin() + queries * kDims})));
  return std::filesystem::path(WriteFile("queries.jsonl", texts)).parent_path();
}

bool HasCollections(const FakeServer& server) {
  return Client(server.address()).ListCollections({})->collections_size() > 0;
}

TEST(DemoTest, PrintsQualitySpeedAndMemoryAndLeavesNothingBehind) {
  FakeServer server;
  const BenchOutcome outcome =
      RunNestorBench({"demo", "--server", server.address(), "--data", WriteDemoFolder(20)});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("50 points x 8 dims"), HasSubstr("adaptive 0.95"),
                                 HasSubstr("exact"), HasSubstr("1.0000"), HasSubstr("100.0 %"),
                                 HasSubstr("full-dimension HNSW: 172 bytes")));
  EXPECT_FALSE(HasCollections(server));
}

TEST(DemoTest, AFailedImportIsExitCode1AndTheCollectionIsDropped) {
  FakeServer server;
  server.store().FailUpserts(1, {grpc::StatusCode::INTERNAL, "the disk is full"});
  const BenchOutcome outcome =
      RunNestorBench({"demo", "--server", server.address(), "--data", WriteDemoFolder(20)});
  EXPECT_EQ(outcome.exit_code, bench::kExitFailed);
  EXPECT_THAT(outcome.err, HasSubstr("the disk is full"));
  EXPECT_FALSE(HasCollections(server));
}

TEST(DemoTest, NoServerIsExitCode1AndNamed) {
  const BenchOutcome outcome =
      RunNestorBench({"demo", "--server", "127.0.0.1:1", "--data", WriteDemoFolder(1)});
  EXPECT_EQ(outcome.exit_code, bench::kExitFailed);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("UNAVAILABLE"), HasSubstr("127.0.0.1:1")));
}

TEST(DemoTest, NoDataIsExitCode1AndNamed) {
  const BenchOutcome outcome = RunNestorBench({"demo", "--data", "missing-folder"});
  EXPECT_EQ(outcome.exit_code, bench::kExitFailed);
  EXPECT_THAT(outcome.err, HasSubstr("missing-folder"));
}

}  // namespace
}  // namespace nestor
