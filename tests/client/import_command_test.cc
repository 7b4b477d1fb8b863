#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "absl/strings/str_cat.h"
#include "tests/client/fake_server.h"
#include "tests/client/run_nestor.h"
#include "tests/client/status_details.h"
#include "tests/client/test_files.h"

namespace nestor {
namespace {

using testing::F32;
using ::testing::HasSubstr;
using testing::NpyF32;
using testing::Outcome;
using testing::RandomValues;
using testing::RunNestor;
using ::testing::StartsWith;
using testing::WriteFile;

constexpr uint32_t kDims = 4;

class ImportCommandTest : public ::testing::Test {
 protected:
  ImportCommandTest() {
    RunNestor({"create", "docs", "--dims", absl::StrCat(kDims), "--metric", "cosine", "--server",
               server_.address()});
  }

  Outcome Import(std::vector<std::string> arguments, const testing::RunOptions& options = {}) {
    arguments.insert(arguments.begin(), {"--server", server_.address(), "import", "docs"});
    return RunNestor(arguments, options);
  }

  uint64_t Points() {
    v1::CollectionStats stats;
    EXPECT_TRUE(server_.store().Stats("docs", stats).ok());
    return stats.points();
  }

  static std::string Vectors(uint64_t rows) {
    return WriteFile("v.npy", NpyF32(rows, kDims, F32(RandomValues(rows, kDims, 1))));
  }

  testing::FakeServer server_;
};

TEST_F(ImportCommandTest, NumbersThePointsByRow) {
  const Outcome outcome = Import({"--vectors", Vectors(1000), "--batch", "64", "--wait"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(Points(), 1000);
  EXPECT_EQ(server_.store().most_points_in_upsert(), 64);
  EXPECT_THAT(outcome.out, StartsWith("1000 points in "));
  EXPECT_THAT(outcome.out, HasSubstr("points/s\nindexed after another "));
  const Outcome last = RunNestor({"get", "docs", "999", "--server", server_.address()});
  EXPECT_EQ(last.exit_code, 0) << last.err;
}

TEST_F(ImportCommandTest, ReadsFvecsAndFbin) {
  const std::string row = F32(RandomValues(1, kDims, 2));
  const std::string fvecs = WriteFile("a.fvecs", testing::U32(kDims) + row);
  const std::string fbin = WriteFile("a.fbin", testing::U32(1) + testing::U32(kDims) + row);
  EXPECT_EQ(Import({"--vectors", fvecs}).exit_code, 0);
  EXPECT_EQ(Import({"--vectors", fbin}).exit_code, 0);
}

TEST_F(ImportCommandTest, SendsFloat16AsItIs) {
  const std::string path =
      WriteFile("h.npy", testing::Npy("{'descr': '<f2', 'fortran_order': False, 'shape': (1, 4), }",
                                      std::string("\x00\x3c\x00\x00\x00\x00\x00\xc0", 8)));
  ASSERT_EQ(Import({"--vectors", path}).exit_code, 0);
  EXPECT_EQ(server_.store().last_encoding(), v1::Vector::F16);
  const Outcome got =
      RunNestor({"get", "docs", "0", "--vector", "--json", "--server", server_.address()});
  EXPECT_EQ(ToLine(got.JsonLines().at(0)["vector"]), "[1.0,0.0,0.0,-2.0]");
}

TEST_F(ImportCommandTest, TakesTheFirstRowsOnly) {
  const std::string payloads = WriteFile("p.jsonl", "{}\n{}\n{}\n{}\n{}\n");
  EXPECT_EQ(Import({"--vectors", Vectors(5), "--payloads", payloads, "--limit", "3"}).exit_code, 0);
  EXPECT_EQ(Points(), 3);
  EXPECT_EQ(Import({"--vectors", Vectors(5), "--limit", "0"}).exit_code, 0);
  EXPECT_EQ(Points(), 3);
}

TEST_F(ImportCommandTest, TriesAFullServerAgain) {
  server_.store().FailUpserts(3, FullServer("queue is full", absl::Milliseconds(1)));
  const Outcome outcome = Import({"--vectors", Vectors(10), "--concurrency", "1"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(Points(), 10);
  EXPECT_EQ(outcome.sleeps,
            (std::vector<absl::Duration>{absl::Milliseconds(50), absl::Milliseconds(100),
                                         absl::Milliseconds(200)}));
}

TEST_F(ImportCommandTest, GivesUpAfterHalfAMinuteOfTrying) {
  server_.store().FailUpserts(1'000'000, {grpc::StatusCode::UNAVAILABLE, "draining"});
  const Outcome outcome = Import({"--vectors", Vectors(10), "--concurrency", "1"});
  EXPECT_EQ(outcome.exit_code, 1);
  absl::Duration waited;
  for (const absl::Duration sleep : outcome.sleeps) waited += sleep;
  EXPECT_LE(waited, absl::Seconds(30));
  EXPECT_GT(waited, absl::Seconds(25));
  EXPECT_THAT(outcome.err, HasSubstr("rows 0 to 9: draining; 0 of 10 points were imported"));
}

TEST_F(ImportCommandTest, AFailureSaysTheRowsAndWhatWasImported) {
  server_.store().FailUpsertsFrom(20, {grpc::StatusCode::INTERNAL, "disk is full"});
  const std::string vectors = Vectors(50);
  const Outcome outcome = Import({"--vectors", vectors, "--batch", "10", "--concurrency", "1"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(Points(), 20);
  EXPECT_EQ(outcome.err, absl::StrCat("nestor import: INTERNAL: ", vectors,
                                      ": rows 20 to 29: disk is full; 20 of 50 points were "
                                      "imported\n"));
}

TEST_F(ImportCommandTest, WhatIsAcknowledgedIsCountedWhenBatchesFly) {
  server_.store().FailUpsertsFrom(500, {grpc::StatusCode::INTERNAL, "disk is full"});
  const Outcome outcome =
      Import({"--vectors", Vectors(2000), "--batch", "16", "--concurrency", "8"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr(absl::StrCat(Points(), " of 2000 points were imported")));
}

TEST_F(ImportCommandTest, RefusedPointsAreReportedByRowAndTheRestIsWritten) {
  std::vector<float> values = RandomValues(30, kDims, 3);
  values[25 * kDims] = std::numeric_limits<float>::quiet_NaN();
  const std::string path = WriteFile("nan.npy", NpyF32(30, kDims, F32(values)));
  const Outcome outcome = Import({"--vectors", path, "--batch", "10"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(Points(), 29);
  EXPECT_THAT(outcome.err,
              HasSubstr(path + ": row 25 (id 25): columns.vectors[5]: component is NaN\n"));
  EXPECT_THAT(outcome.err, HasSubstr("1 of 30 points were refused, 29 were imported"));
}

// The server refuses a batch without a good point as a whole.
TEST_F(ImportCommandTest, ABatchWithoutAGoodPointDoesNotEndTheImport) {
  std::vector<float> values = RandomValues(60, kDims, 3);
  for (size_t row = 10; row < 30; ++row) {
    values[row * kDims] = std::numeric_limits<float>::quiet_NaN();
  }
  const std::string path = WriteFile("nan.npy", NpyF32(60, kDims, F32(values)));
  const Outcome outcome = Import({"--vectors", path, "--batch", "10", "--concurrency", "1"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(Points(), 40);
  EXPECT_THAT(outcome.err, HasSubstr(path + ": row 29 (id 29): columns.vectors[9]: component is"));
  EXPECT_THAT(outcome.err, HasSubstr("20 of 60 points were refused, 40 were imported"));
}

TEST_F(ImportCommandTest, ABadPayloadLineEndsTheImportThere) {
  const std::string payloads = WriteFile("p.jsonl", "{\"a\":1}\n{\"a\":2}\n{\"a\":\n");
  const Outcome outcome = Import(
      {"--vectors", Vectors(3), "--payloads", payloads, "--batch", "1", "--concurrency", "1"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, StartsWith("nestor import: INVALID_ARGUMENT: " + payloads + ":3: "));
  EXPECT_THAT(outcome.err, HasSubstr("; 2 of 3 points were imported\n"));
}

TEST_F(ImportCommandTest, PayloadsAndVectorsMustBeAsMany) {
  const std::string vectors = Vectors(3);
  const std::string fewer = WriteFile("fewer.jsonl", "{}\n{}\n");
  EXPECT_THAT(Import({"--vectors", vectors, "--payloads", fewer}).err,
              HasSubstr(absl::StrCat(fewer, ": ends after 2 lines; ", vectors, " has 3 rows")));
  const std::string more = WriteFile("more.jsonl", "{}\n{}\n{}\n{}\n");
  EXPECT_THAT(Import({"--vectors", vectors, "--payloads", more}).err,
              HasSubstr(absl::StrCat(more, ": has more lines than the 3 rows of ", vectors)));
}

TEST_F(ImportCommandTest, OtherDimsThanTheCollectionsAreRefusedFirst) {
  const std::string path = WriteFile("wide.npy", NpyF32(1, 2, F32({1, 2})));
  const Outcome outcome = Import({"--vectors", path});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr(path + " has 2 dims, collection docs has 4"));
}

TEST_F(ImportCommandTest, AMissingCollectionOrFileIsExitCode1) {
  EXPECT_THAT(
      RunNestor({"import", "none", "--vectors", Vectors(1), "--server", server_.address()}).err,
      StartsWith("nestor import: NOT_FOUND: collection 'none'"));
  EXPECT_EQ(Import({"--vectors", "/no/such.npy"}).exit_code, 1);
}

TEST_F(ImportCommandTest, LargePayloadsMakeSmallerBatches) {
  std::string lines;
  for (int i = 0; i < 10; ++i)
    absl::StrAppend(&lines, "{\"t\":\"", std::string(1 << 20, 'x'), "\"}\n");
  const Outcome outcome =
      Import({"--vectors", Vectors(10), "--payloads", WriteFile("p.jsonl", lines)});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(Points(), 10);
  EXPECT_LE(server_.store().most_points_in_upsert(), 4);
}

TEST_F(ImportCommandTest, ProgressIsShownInLinesWhenThereIsNoTerminal) {
  const Outcome outcome = Import({"--vectors", Vectors(100)}, {.clock_step = absl::Seconds(3)});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("100 of 100 points (100 %), "));
  EXPECT_EQ(outcome.err.find('\r'), std::string::npos);
}

TEST_F(ImportCommandTest, ProgressIsABarOnATerminalAndClearedAtTheEnd) {
  const Outcome outcome = Import({"--vectors", Vectors(100)},
                                 {.clock_step = absl::Seconds(3), .err_is_terminal = true});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("[########################] 100 %"));
  EXPECT_THAT(outcome.err, ::testing::EndsWith("\r\x1b[K"));
}

}  // namespace
}  // namespace nestor
