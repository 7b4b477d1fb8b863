#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/client/fake_server.h"
#include "tests/client/run_nestor.h"
#include "tests/client/test_files.h"

namespace nestor {
namespace {

using ::testing::ContainsRegex;
using testing::FakeServer;
using ::testing::HasSubstr;
using testing::Outcome;
using testing::RunNestor;
using ::testing::StartsWith;

// Bad usage: exit code 2, nothing on standard output. Answers what was said.
std::string UsageError(const std::vector<std::string>& arguments) {
  const Outcome outcome = RunNestor(arguments);
  EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  return outcome.err;
}

TEST(CommandLineTest, HelpAndVersionSucceed) {
  EXPECT_EQ(RunNestor({"--help"}).exit_code, 0);
  EXPECT_THAT(RunNestor({"--version"}).out, StartsWith("nestor "));
  for (const char* command : {"snapshot", "create", "list", "info", "stats", "import", "search",
                              "get", "delete", "drop", "count", "scroll", "index", "calibrate"}) {
    const Outcome help = RunNestor({command, "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_THAT(help.out, HasSubstr(std::string("  nestor ") + command)) << "an example";
  }
}

TEST(CommandLineTest, BadUsageIsExitCode2) {
  UsageError({"snapshot"});
  UsageError({"snapshot", "frobnicate"});
  UsageError({"snapshot", "create"});
  UsageError({"snapshot", "restore", "docs-20261126T121730Z-0a1b2c3d"});
  UsageError({});
  UsageError({"frobnicate"});
  UsageError({"list", "--frobnicate"});
  UsageError({"create", "docs", "--metric", "cosine"});
  UsageError({"create", "docs", "--dims", "8"});
  UsageError({"create", "docs", "--dims", "0", "--metric", "l2"});
  UsageError({"get", "docs"});
  UsageError({"import", "docs"});
  UsageError({"import", "docs", "--vectors", "a.npy", "--id-field", "id"});
  UsageError({"import", "docs", "--vectors", "a.npy", "--concurrency", "0"});
  UsageError({"search", "docs"});
  UsageError({"search", "docs", "--vectors", "a.npy", "--like", "b"});
  UsageError({"search", "docs", "--like", "b", "--row", "1"});
  UsageError({"search", "docs", "--like", "b", "--exact", "--recall", "0.9"});
  UsageError({"search", "docs", "--like", "b", "--recall", "1.5"});
  UsageError({"search", "docs", "--like", "b", "--limit", "0"});
  UsageError({"search", "docs", "--like", "b", "--where", "a ="});
  UsageError({"search", "docs", "--like", "b", "--filter", "{}"});
  UsageError({"count", "docs", "--where", "a = 1", "--filter", R"({"has_id":[1]})"});
  UsageError({"delete", "docs"});
  UsageError({"delete", "docs", "7", "--all"});
  UsageError({"index", "docs"});
  UsageError({"index", "docs", "--add", "section"});
  UsageError({"create", "docs", "--dims", "8", "--metric", "l2", "--payload-index", "a:text"});
}

TEST(CommandLineTest, UsageErrorsNameTheValueAndTheChoices) {
  EXPECT_THAT(UsageError({"create", "docs", "--dims", "8", "--metric", "manhattan"}),
              HasSubstr("--metric: manhattan not in {cosine,dot,l2}"));
  EXPECT_THAT(UsageError({"create", "d", "--dims", "8", "--metric", "l2", "--prefix-bits", "3"}),
              HasSubstr("--prefix-bits: 3 not in {1,2,4,8,32}"));
  EXPECT_THAT(UsageError({"get", "docs", "num:x"}), HasSubstr("id 'num:x' is not a number"));
}

TEST(CommandLineTest, OptionsOfAnotherIndexAreBadUsage) {
  const std::vector<std::string> create = {"create", "docs", "--dims", "8", "--metric", "l2"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), create.begin(), create.end());
    return UsageError(more);
  };
  EXPECT_THAT(with({"--index", "ivf", "--m", "8"}), HasSubstr("are for --index hnsw only"));
  EXPECT_THAT(with({"--index", "flat", "--lists", "8"}), HasSubstr("is for --index ivf only"));
  EXPECT_THAT(with({"--m", "8", "--lists", "8"}), HasSubstr("are for --index hnsw only"));
}

TEST(CommandLineTest, TheServerIsGivenBeforeOrAfterTheCommandOrByTheEnvironment) {
  FakeServer server;
  EXPECT_EQ(RunNestor({"--server", server.address(), "list"}).exit_code, 0);
  EXPECT_EQ(RunNestor({"list", "--server", server.address()}).exit_code, 0);
  ::setenv("NESTOR__SERVER", server.address().c_str(), 1);
  EXPECT_EQ(RunNestor({"list"}).exit_code, 0);
  ::unsetenv("NESTOR__SERVER");
}

TEST(CommandLineTest, AnAbsentServerIsExitCode1AndNamed) {
  const Outcome outcome = RunNestor({"list", "--server", "127.0.0.1:1"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, StartsWith("nestor list: UNAVAILABLE: "));
  EXPECT_THAT(outcome.err, HasSubstr("(server 127.0.0.1:1)"));
}

TEST(CommandLineTest, CreateSendsEveryOption) {
  FakeServer server;
  const Outcome outcome = RunNestor({"create",
                                     "docs",
                                     "--dims",
                                     "512",
                                     "--metric",
                                     "cosine",
                                     "--index",
                                     "hnsw",
                                     "--m",
                                     "24",
                                     "--ef-construction",
                                     "300",
                                     "--prefix-dims",
                                     "128",
                                     "--prefix-bits",
                                     "4",
                                     "--rerank",
                                     "int8",
                                     "--recall",
                                     "0.95",
                                     "--server",
                                     server.address()});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  v1::Collection spec;
  ASSERT_TRUE(server.store().Describe("docs", spec).ok());
  EXPECT_EQ(spec.dims(), 512);
  EXPECT_EQ(spec.metric(), v1::Collection::COSINE);
  EXPECT_EQ(spec.index().hnsw().m(), 24);
  EXPECT_EQ(spec.index().hnsw().ef_construction(), 300);
  EXPECT_EQ(spec.prefix_code().dims(), 128);
  EXPECT_EQ(spec.prefix_code().bits(), 4);
  EXPECT_EQ(spec.rerank_tier(), v1::INT8);
  EXPECT_EQ(spec.search_defaults().recall_target(), 0.95F);
}

TEST(CommandLineTest, CreateLeavesToTheServerWhatIsNotSaid) {
  FakeServer server;
  RunNestor({"create", "docs", "--dims", "8", "--metric", "l2", "--server", server.address()});
  v1::Collection spec;
  ASSERT_TRUE(server.store().Describe("docs", spec).ok());
  EXPECT_FALSE(spec.has_index());
  EXPECT_FALSE(spec.has_prefix_code());
  EXPECT_FALSE(spec.has_search_defaults());
  EXPECT_EQ(spec.rerank_tier(), v1::RERANK_TIER_UNSPECIFIED);
}

TEST(CommandLineTest, CreatingTwiceFailsUnlessIfMissing) {
  FakeServer server;
  std::vector<std::string> create = {"--server", server.address(), "create", "docs", "--dims",
                                     "8",        "--metric",       "dot"};
  EXPECT_EQ(RunNestor(create).exit_code, 0);
  const Outcome again = RunNestor(create);
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.err, StartsWith("nestor create: ALREADY_EXISTS: "));
  create.push_back("--if-missing");
  EXPECT_EQ(RunNestor(create).exit_code, 0);
}

TEST(CommandLineTest, ListTurnsEveryPage) {
  FakeServer server;
  for (const char* name : {"a", "b", "c"}) {
    RunNestor({"create", name, "--dims", "8", "--metric", "l2", "--index", "flat", "--server",
               server.address()});
  }
  const std::vector<Json> lines =
      RunNestor({"list", "--json", "--server", server.address()}).JsonLines();
  ASSERT_EQ(lines.size(), 3);
  EXPECT_EQ(lines[2]["name"], "c");
  EXPECT_EQ(lines[2]["metric"], "l2");
  EXPECT_EQ(lines[2]["index"], "flat");
  EXPECT_THAT(RunNestor({"list", "--server", server.address()}).out,
              HasSubstr("b     8     l2      flat"));
}

TEST(CommandLineTest, DropOfNothingFailsUnlessIfExists) {
  FakeServer server;
  EXPECT_EQ(RunNestor({"drop", "none", "--server", server.address()}).exit_code, 1);
  EXPECT_EQ(RunNestor({"drop", "none", "--if-exists", "--server", server.address()}).exit_code, 0);
}

TEST(CommandLineTest, PointsAreShownCountedAndDeletedById) {
  FakeServer server;
  const std::string at = server.address();
  RunNestor({"create", "docs", "--dims", "2", "--metric", "l2", "--server", at});
  const std::string vectors =
      testing::WriteFile("v.npy", testing::NpyF32(3, 2, testing::F32({0.1F, 2, 3, 4, 5, 6})));
  const std::string payloads =
      testing::WriteFile("p.jsonl", "{\"id\":\"list\",\"n\":1}\n{\"id\":7}\n{\"id\":\"7\"}\n");
  ASSERT_EQ(RunNestor({"import", "docs", "--vectors", vectors, "--payloads", payloads, "--id-field",
                       "id", "--server", at})
                .exit_code,
            0);
  EXPECT_EQ(RunNestor({"count", "docs", "--server", at}).out, "3\n");

  // An id may be the name of a command.
  const Outcome got = RunNestor({"get", "docs", "list", "7", "--vector", "--json", "--server", at});
  ASSERT_EQ(got.exit_code, 0) << got.err;
  const std::vector<Json> lines = got.JsonLines();
  ASSERT_EQ(lines.size(), 2);
  EXPECT_EQ(lines[0]["id"], "list");
  EXPECT_EQ(lines[0]["payload"]["n"], 1);
  EXPECT_EQ(ToLine(lines[0]["vector"]), "[0.1,2.0]");
  EXPECT_TRUE(lines[1]["id"].is_number());

  const Outcome updated = RunNestor({"update", "docs", "list", "absent", "--set", "{\"m\": [2]}",
                                     "--remove", "n", "--server", at});
  EXPECT_EQ(updated.exit_code, 1);
  EXPECT_EQ(updated.out, "updated 1 points\n");
  EXPECT_EQ(updated.err,
            "nestor update: NOT_FOUND: 1 points were not updated; the first: absent: no such id\n");
  const Outcome after = RunNestor({"get", "docs", "list", "--json", "--server", at});
  EXPECT_EQ(ToLine(after.JsonLines().at(0)["payload"]), "{\"id\":\"list\",\"m\":[2]}");
  EXPECT_EQ(RunNestor({"update", "docs", "list", "--set", "{\"m\": }", "--server", at}).exit_code,
            1);
  EXPECT_EQ(RunNestor({"update", "docs", "list", "--server", at}).exit_code, 2);
  EXPECT_EQ(RunNestor({"update", "docs", "--remove", "m", "--server", at}).exit_code, 2);

  // The clock of the test stands at 1970.
  EXPECT_EQ(RunNestor({"update", "docs", "list", "--expire", "1h30m", "--server", at}).out,
            "updated 1 points\n");
  EXPECT_EQ(RunNestor({"get", "docs", "list", "--server", at}).out,
            "list  version 1  expires 1970-01-01T01:30:00Z  {\"id\":\"list\",\"m\":[2]}\n");
  const Outcome bad = RunNestor({"update", "docs", "list", "--expire", "soon", "--server", at});
  EXPECT_EQ(bad.exit_code, 2);
  EXPECT_THAT(bad.err, ::testing::HasSubstr("'soon' is no time like"));
  EXPECT_EQ(RunNestor({"import", "docs", "--vectors", vectors, "--payloads", payloads, "--id-field",
                       "id", "--expire", "2d", "--limit", "1", "--server", at})
                .exit_code,
            0);
  EXPECT_EQ(
      RunNestor({"get", "docs", "list", "--json", "--server", at}).JsonLines().at(0)["expire_time"],
      "1970-01-03T00:00:00Z");

  EXPECT_EQ(RunNestor({"delete", "docs", "str:7", "absent", "--server", at}).out,
            "deleted 1 points\n");
  const Outcome missing = RunNestor({"get", "docs", "7", "str:7", "--server", at});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.out, StartsWith("7  version "));
  EXPECT_EQ(missing.err, "nestor get: NOT_FOUND: no point str:7\n");
}

TEST(CommandLineTest, StatsAreOneJsonObject) {
  FakeServer server;
  RunNestor({"create", "docs", "--dims", "2", "--metric", "l2", "--server", server.address()});
  for (const bool wait : {false, true}) {
    std::vector<std::string> stats = {"stats", "docs", "--json", "--server", server.address()};
    if (wait) stats.push_back("--wait");
    const std::vector<Json> lines = RunNestor(stats).JsonLines();
    ASSERT_EQ(lines.size(), 1);
    EXPECT_EQ(lines[0]["points"], 0);
  }
  EXPECT_THAT(RunNestor({"stats", "docs", "--server", server.address()}).out,
              ContainsRegex("unindexed_points +0\n"));
}

TEST(CommandLineTest, CalibrateShowsWhatWasMeasured) {
  FakeServer server;
  RunNestor({"create", "docs", "--dims", "2", "--metric", "l2", "--server", server.address()});
  EXPECT_THAT(RunNestor({"stats", "docs", "--server", server.address()}).out,
              HasSubstr("not calibrated: "));
  EXPECT_THAT(RunNestor({"calibrate", "docs", "--server", server.address()}).out,
              ContainsRegex("calibrated .*, of 0 points, by its own points\n"));
  const Outcome missing = RunNestor({"calibrate", "nothing", "--server", server.address()});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.err, HasSubstr("nestor calibrate: NOT_FOUND"));
}

}  // namespace
}  // namespace nestor
