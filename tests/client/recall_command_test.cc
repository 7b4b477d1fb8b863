#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
using testing::WriteFile;

class RecallCommandTest : public ::testing::Test {
 protected:
  RecallCommandTest() {
    RunNestor({"create", "docs", "--dims", "8", "--metric", "l2", "--server", server_.address()});
  }
  Outcome Recall(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--server", server_.address(), "recall"});
    return RunNestor(arguments);
  }

  testing::FakeServer server_;
};

TEST_F(RecallCommandTest, ShowsWhatSearchesFind) {
  const Outcome outcome = Recall({"docs", "--sample", "7", "--recall", "0.9", "--limit", "5"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("7 that are points of its own, 5 hits each\n"));
  EXPECT_THAT(outcome.out, HasSubstr("1.0000, with 95 % confidence 0.5000 to 1.0000\n"));
  EXPECT_THAT(outcome.out, HasSubstr("0.9000\n"));
  EXPECT_THAT(outcome.out, HasSubstr("42 us\n"));
  EXPECT_THAT(outcome.out, HasSubstr("scan for 5\n"));
}

TEST_F(RecallCommandTest, GoesByTheQueriesOfAFile) {
  const std::string file = WriteFile("q.npy", NpyF32(20, 8, F32(RandomValues(20, 8, 1))));
  EXPECT_THAT(Recall({"docs", "--vectors", file}).out, HasSubstr("20 from the file, 10 hits"));
  const Outcome few = Recall({"docs", "--vectors", file, "--sample", "3", "--json"});
  ASSERT_EQ(few.exit_code, 0) << few.err;
  ASSERT_EQ(few.JsonLines().size(), 1u);
  EXPECT_EQ(few.JsonLines()[0]["queries"], 3);
  EXPECT_EQ(few.JsonLines()[0]["source"], "given");
}

TEST_F(RecallCommandTest, SaysWhatIsWrong) {
  EXPECT_EQ(Recall({"docs", "--recall", "1.5"}).exit_code, 2);
  EXPECT_EQ(Recall({"docs", "--probability", "0.2"}).exit_code, 2);
  EXPECT_EQ(Recall({"docs", "--sample", "0"}).exit_code, 2);
  EXPECT_EQ(Recall({"docs", "--vectors", "missing.npy"}).exit_code, 1);
  EXPECT_THAT(Recall({"nothing"}).err, HasSubstr("nestor recall: NOT_FOUND"));
}

}  // namespace
}  // namespace nestor
