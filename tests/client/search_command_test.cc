#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "absl/strings/str_cat.h"
#include "tests/client/fake_server.h"
#include "tests/client/run_nestor.h"
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

constexpr uint32_t kDims = 8;
constexpr uint64_t kRows = 150;  // more than one batch of queries

// A collection of random points, each with its row number as its id and as a payload field.
class SearchCommandTest : public ::testing::Test {
 protected:
  SearchCommandTest() : values_(RandomValues(kRows, kDims, 5)) {
    vectors_ = WriteFile("v.npy", NpyF32(kRows, kDims, F32(values_)));
    std::string lines;
    for (uint64_t row = 0; row < kRows; ++row) absl::StrAppend(&lines, "{\"n\":", row, "}\n");
    RunNestor({"create", "docs", "--dims", absl::StrCat(kDims), "--metric", "cosine", "--server",
               server_.address()});
    RunNestor({"import", "docs", "--vectors", vectors_, "--payloads", WriteFile("p.jsonl", lines),
               "--server", server_.address()});
  }

  Outcome Search(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--server", server_.address(), "search", "docs"});
    return RunNestor(arguments);
  }

  testing::FakeServer server_;
  std::vector<float> values_;
  std::string vectors_;
};

TEST_F(SearchCommandTest, AnswersEveryRowInOrder) {
  const Outcome outcome = Search({"--vectors", vectors_, "--limit", "3", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::vector<Json> lines = outcome.JsonLines();
  ASSERT_EQ(lines.size(), kRows);
  for (uint64_t row = 0; row < kRows; ++row) {
    EXPECT_EQ(lines[row]["row"], row);
    ASSERT_EQ(lines[row]["hits"].size(), 3);
    const Json& best = lines[row]["hits"][0];
    EXPECT_EQ(best["id"], row);
    EXPECT_NEAR(best["score"].get<double>(), 1, 1e-6);
    EXPECT_NEAR(best["distance"].get<double>(), 0, 1e-6);
    EXPECT_EQ(best["payload"]["n"], row);
    EXPECT_TRUE(lines[row]["stats"]["complete"].get<bool>());
  }
}

TEST_F(SearchCommandTest, AsksForLessAtOnceWhereTheAnswerIsTooLarge) {
  server_.store().LimitAnswers(7);
  const Outcome outcome = Search({"--vectors", vectors_, "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::vector<Json> lines = outcome.JsonLines();
  ASSERT_EQ(lines.size(), kRows);
  for (uint64_t row = 0; row < kRows; ++row) EXPECT_EQ(lines[row]["row"], row);
  server_.store().LimitAnswers(0);
  EXPECT_THAT(Search({"--vectors", vectors_}).err, HasSubstr("the answer is too large"));
}

TEST_F(SearchCommandTest, AnswersOneRow) {
  const std::vector<Json> lines =
      Search({"--vectors", vectors_, "--row", "77", "--json", "--recall", "0.9"}).JsonLines();
  ASSERT_EQ(lines.size(), 1);
  EXPECT_EQ(lines[0]["row"], 77);
  EXPECT_EQ(lines[0]["hits"].size(), 10);
  EXPECT_EQ(lines[0]["hits"][0]["id"], 77);
  EXPECT_EQ(lines[0]["stats"]["estimated_recall"], 0.9);
}

TEST_F(SearchCommandTest, ARowBeyondTheFileIsAnError) {
  const Outcome outcome = Search({"--vectors", vectors_, "--row", "150"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("row 150 is beyond the last row; the file has 150 rows"));
}

TEST_F(SearchCommandTest, LikeLeavesThePointItselfOut) {
  const std::vector<Json> lines = Search({"--like", "5", "--json", "--no-payload"}).JsonLines();
  ASSERT_EQ(lines.size(), 1);
  EXPECT_EQ(lines[0]["row"], 0);
  for (const Json& hit : lines[0]["hits"]) {
    EXPECT_NE(hit["id"], 5);
    EXPECT_TRUE(hit["payload"].empty());
  }
  EXPECT_EQ(Search({"--like", "absent"}).exit_code, 1);
}

TEST_F(SearchCommandTest, ExplainShowsPlanAndStages) {
  const Outcome json = Search({"--like", "5", "--json", "--explain", "--exact"});
  const Json stats = json.JsonLines().at(0)["stats"];
  EXPECT_EQ(stats["plan"], "exact");
  EXPECT_EQ(stats["stages"][0]["candidates_in"], kRows);
  EXPECT_TRUE(stats["total_us"].is_number());
  const Outcome text = Search({"--like", "5", "--explain", "--exact"});
  EXPECT_THAT(text.out, HasSubstr("plan: exact\nstopped by: every_row, certified among the "
                                  "shortlist\nstage  dims  in   out  bytes  ms\n"));
}

TEST_F(SearchCommandTest, EstimatedScoresAreAskedForWhereTheyAreWanted) {
  const auto plan = [&](std::vector<std::string> args) {
    for (const char* arg : {"--like", "5", "--json", "--explain"}) args.emplace_back(arg);
    return Search(args).JsonLines().at(0)["stats"]["plan"];
  };
  EXPECT_EQ(plan({}), "adaptive");
  EXPECT_EQ(plan({"--estimated-scores"}), "adaptive, estimated scores");
}

TEST_F(SearchCommandTest, PeopleGetATable) {
  const Outcome outcome = Search({"--vectors", vectors_, "--row", "7", "--limit", "2"});
  EXPECT_THAT(outcome.out, StartsWith("row 7: 2 hits, estimated recall 1.000\n"
                                      "rank  score     id"));
  EXPECT_THAT(outcome.out, HasSubstr("{\"n\":7}\n"));
}

TEST_F(SearchCommandTest, AQueryThatFailsAloneLeavesTheOthersAnswered) {
  values_[kDims] = std::numeric_limits<float>::quiet_NaN();
  const std::string queries = WriteFile("nan.npy", NpyF32(kRows, kDims, F32(values_)));
  const Outcome outcome = Search({"--vectors", queries, "--json"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err, "nestor search: INVALID_ARGUMENT: row 1: query is NaN\n");
  const std::vector<Json> lines = outcome.JsonLines();
  ASSERT_EQ(lines.size(), kRows);
  EXPECT_EQ(lines[1]["error"]["code"], "INVALID_ARGUMENT");
  EXPECT_EQ(lines[2]["hits"].size(), 10);
}

TEST_F(SearchCommandTest, AMissingCollectionIsExitCode1) {
  const Outcome outcome =
      RunNestor({"search", "none", "--vectors", vectors_, "--server", server_.address()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, StartsWith("nestor search: NOT_FOUND: "));
}

}  // namespace
}  // namespace nestor
