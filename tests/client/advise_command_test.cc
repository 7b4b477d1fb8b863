#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/client/fake_server.h"
#include "tests/client/run_nestor.h"

namespace nestor {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using testing::Outcome;
using testing::RunNestor;

class AdviseCommandTest : public ::testing::Test {
 protected:
  AdviseCommandTest() {
    RunNestor(
        {"create", "docs", "--dims", "128", "--metric", "dot", "--server", server_.address()});
  }
  Outcome Advise(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--server", server_.address(), "advise"});
    return RunNestor(arguments);
  }

  testing::FakeServer server_;
};

TEST_F(AdviseCommandTest, ShowsTablesVerdictAndSizes) {
  const Outcome outcome = Advise({"docs"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("By 128 of 5000 points, "));
  EXPECT_THAT(outcome.out, ContainsRegex("16 dims +64 +0.250 +0.200 +0.400"));
  EXPECT_THAT(outcome.out, ContainsRegex("112 dims x 4 bits +0 +0.500 +best"));
  EXPECT_THAT(
      outcome.out,
      HasSubstr("WARNING: these vectors are not like Matryoshka embeddings: the first 16 of "
                "128 dims keep 0.250 of the neighbours, as many chosen by chance 0.200."));
  EXPECT_THAT(outcome.out, HasSubstr("create a collection with --transform pca (or auto)"));
  EXPECT_THAT(outcome.out, HasSubstr("not calibrated, so nobody knows what searches take"));
  EXPECT_THAT(outcome.out, HasSubstr("1 points x 128 dims"));
  EXPECT_THAT(outcome.out, HasSubstr("memory: 205 B that must be there"));
  EXPECT_THAT(outcome.out, HasSubstr("While segments merge, up to 409 B more"));
}

TEST_F(AdviseCommandTest, ScriptsGetOneObject) {
  const Outcome outcome = Advise({"docs", "--json"});
  ASSERT_EQ(outcome.JsonLines().size(), 1u) << outcome.err;
  const Json advice = outcome.JsonLines()[0];
  EXPECT_EQ(advice["is_matryoshka"], false);
  EXPECT_EQ(advice["best"]["dims"], 112);
  EXPECT_EQ(advice["is_worth_learning"], true);
  EXPECT_EQ(advice["prefixes"][0]["kept_learnt"], FloatToJson(0.4F));
  EXPECT_EQ(advice["prefixes"][0]["kept"], 0.25);
  EXPECT_EQ(advice["sizes"]["dims"], 128);
}

TEST_F(AdviseCommandTest, SaysWhatIsWrong) {
  EXPECT_THAT(Advise({"nothing"}).err, HasSubstr("nestor advise: NOT_FOUND"));
  EXPECT_EQ(Advise({}).exit_code, 2);
}

}  // namespace
}  // namespace nestor
