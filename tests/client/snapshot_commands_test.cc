#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/client/fake_server.h"
#include "tests/client/run_nestor.h"

namespace nestor {
namespace {

using testing::FakeServer;
using ::testing::HasSubstr;
using testing::Outcome;
using testing::RunNestor;

constexpr char kFirst[] = "docs-20261126T121730Z-00000001";
constexpr char kSecond[] = "docs-20261126T121730Z-00000002";

class SnapshotCommandsTest : public ::testing::Test {
 protected:
  SnapshotCommandsTest() { Run({"create", "docs", "--dims", "4", "--metric", "l2"}); }
  Outcome Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--server", server_.address()});
    return RunNestor(arguments);
  }
  Outcome Snapshot(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "snapshot");
    return Run(std::move(arguments));
  }

  FakeServer server_;
};

TEST_F(SnapshotCommandsTest, CreatePrintsTheNameForAScript) {
  const Outcome outcome = Snapshot({"create", "docs"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, std::string(kFirst) + "\n");
  EXPECT_THAT(outcome.err, HasSubstr("0 points of docs in 1000 bytes"));
  const Outcome json = Snapshot({"create", "docs", "--json"});
  ASSERT_EQ(json.JsonLines().size(), 1u);
  EXPECT_EQ(json.JsonLines()[0]["name"], kSecond);
  EXPECT_EQ(json.JsonLines()[0]["create_time"], "2026-11-26T12:17:30Z");
  const Outcome missing = Snapshot({"create", "other"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.err, HasSubstr("nestor snapshot: NOT_FOUND: no collection 'other'"));
}

TEST_F(SnapshotCommandsTest, ListShowsEveryPageAndWhatIsDamaged) {
  Snapshot({"create", "docs"});
  Snapshot({"create", "docs"});
  server_.store().DamageSnapshot(kSecond);
  const Outcome outcome = Snapshot({"list"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              HasSubstr(std::string(kFirst) + "  docs        2026-11-26T12:17:30Z  0"));
  EXPECT_THAT(outcome.out, HasSubstr("manifest is damaged: only 2 bytes"));
  const std::vector<Json> lines = Snapshot({"list", "docs", "--json"}).JsonLines();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[1]["problem"], "manifest is damaged: only 2 bytes");
  EXPECT_EQ(Snapshot({"list", "other", "--json"}).out, "");
}

TEST_F(SnapshotCommandsTest, RestoreMakesACollection) {
  Snapshot({"create", "docs"});
  const Outcome outcome = Snapshot({"restore", kFirst, "again"});
  EXPECT_EQ(outcome.out, "restored " + std::string(kFirst) + " as again\n");
  v1::Collection spec;
  EXPECT_TRUE(server_.store().Describe("again", spec).ok());
  EXPECT_EQ(Snapshot({"restore", kFirst, "again"}).exit_code, 1);
}

TEST_F(SnapshotCommandsTest, VerifyFailsOnDamage) {
  Snapshot({"create", "docs"});
  EXPECT_EQ(Snapshot({"verify", kFirst}).exit_code, 0);
  server_.store().DamageSnapshot(kFirst);
  const Outcome outcome = Snapshot({"verify", kFirst});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("nestor snapshot: DATA_LOSS: manifest is damaged"));
}

TEST_F(SnapshotCommandsTest, DeleteOfNothingFailsUnlessIfExists) {
  Snapshot({"create", "docs"});
  EXPECT_EQ(Snapshot({"delete", kFirst}).out, "deleted " + std::string(kFirst) + "\n");
  EXPECT_EQ(Snapshot({"delete", kFirst}).exit_code, 1);
  EXPECT_EQ(Snapshot({"delete", kFirst, "--if-exists"}).exit_code, 0);
}

TEST_F(SnapshotCommandsTest, EachHasHelpWithAnExample) {
  for (const char* command : {"create", "list", "delete", "restore", "verify"}) {
    const Outcome help = RunNestor({"snapshot", command, "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_THAT(help.out, HasSubstr(std::string("  nestor snapshot ") + command));
  }
}

}  // namespace
}  // namespace nestor
