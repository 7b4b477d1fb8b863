#include "server/data_directory_check.h"

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/running_server.h"
#include "tests/server/server_process.h"
#include "tests/testing/temp_dir.h"

namespace nestor::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string ContentOf(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Everything under a directory, and when it was last written.
std::map<std::string, std::pair<std::string, fs::file_time_type>> FilesOf(
    const std::string& directory) {
  std::map<std::string, std::pair<std::string, fs::file_time_type>> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    files[entry.path()] = {entry.is_regular_file() ? ContentOf(entry.path()) : "",
                           entry.last_write_time()};
  }
  return files;
}

// The data of a server that was killed: the log holds what the tables do not.
class DataDirectoryCheckTest : public ::testing::Test {
 protected:
  DataDirectoryCheckTest() {
    ServerProcess server(directory_.path());
    const Client client(server.address());
    v1::CreateCollectionRequest create;
    create.mutable_collection()->set_name("docs");
    create.mutable_collection()->set_dims(4);
    create.mutable_collection()->set_metric(v1::Collection::COSINE);
    EXPECT_TRUE(client.CreateCollection(create).ok());
    v1::UpsertRequest upsert;
    upsert.set_collection("docs");
    for (uint64_t id = 1; id <= 50; ++id) {
      *upsert.add_points() = MakePoint(id, {1, static_cast<float>(id), 0, 0});
    }
    EXPECT_TRUE(client.Upsert(upsert).ok());
    v1::WaitForIndexRequest wait;
    wait.set_name("docs");
    EXPECT_TRUE(client.WaitForIndex(wait).ok());
    v1::CreateSnapshotRequest snapshot;
    snapshot.set_collection("docs");
    const auto created = client.CreateSnapshot(snapshot);
    EXPECT_TRUE(created.ok()) << created.status();
    if (created.ok()) snapshot_ = created->name();
    while_running_ = CheckDataDirectory(data());
    server.Kill();
  }
  std::string data() const { return directory_.Join("data"); }

  const TempDir directory_;
  DataReport while_running_;
  std::string snapshot_;
};

TEST_F(DataDirectoryCheckTest, ADamagedSnapshotIsNamed) {
  const std::string manifest = data() + "/snapshots/" + snapshot_ + "/manifest";
  std::string content = ContentOf(manifest);
  content[content.size() / 2] ^= 1;
  std::ofstream(manifest, std::ios::binary) << content;
  EXPECT_THAT(CheckDataDirectory(data()).problems, ElementsAre(HasSubstr(snapshot_)));
}

TEST_F(DataDirectoryCheckTest, HealthyDataIsReportedAndLeftAsItIs) {
  const auto before = FilesOf(data());
  const DataReport report = CheckDataDirectory(data());
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_THAT(report.facts, ElementsAre(HasSubstr("50 points of 4 dims"),
                                        AllOf(HasSubstr(snapshot_), HasSubstr("50 points"))));
  EXPECT_EQ(FilesOf(data()), before);
}

TEST_F(DataDirectoryCheckTest, NoServerStartsWhileItReads) {
  const auto store = OpenRocksDbStore({.directory = data(), .read_only = true});
  ASSERT_TRUE(store.ok()) << store.status();
  const int status = std::system(absl::StrCat(NESTORD_BINARY, " --grpc unix:", directory_.Join("s"),
                                              " --data ", data(), " --log-level off 2>/dev/null")
                                     .c_str());
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_NE(WEXITSTATUS(status), 0);
}

TEST_F(DataDirectoryCheckTest, TheDataOfARunningServerIsRefused) {
  EXPECT_THAT(while_running_.problems, ElementsAre(HasSubstr("another process uses it")));
}

TEST_F(DataDirectoryCheckTest, ADamagedTableIsFound) {
  { ServerProcess server(directory_.path()); }  // a start writes what the log holds into tables
  for (const auto& entry : fs::directory_iterator(data())) {
    if (entry.path().extension() != ".sst") continue;
    std::string content = ContentOf(entry.path());
    content[content.size() / 3] ^= 1;
    std::ofstream(entry.path(), std::ios::binary) << content;
    break;
  }
  EXPECT_FALSE(CheckDataDirectory(data()).problems.empty());
}

TEST(NoDataDirectoryTest, ADirectoryWithoutAStoreIsLeftEmpty) {
  const TempDir directory;
  EXPECT_THAT(CheckDataDirectory(directory.path()).problems,
              ElementsAre(HasSubstr("holds no store")));
  EXPECT_TRUE(fs::is_empty(directory.path()));
  EXPECT_THAT(CheckDataDirectory(directory.Join("missing")).problems, SizeIs(1));
  EXPECT_FALSE(fs::exists(directory.Join("missing")));
}

}  // namespace
}  // namespace nestor::testing
