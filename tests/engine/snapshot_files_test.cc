// What others may have put in the place of a snapshot's files.

#include <sys/stat.h>

#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/snapshot_manifest.h"
#include "engine/snapshot_name.h"
#include "engine/snapshot_points.h"
#include "engine/stored_payload.h"
#include "gmock/gmock.h"
#include "tests/engine/test_snapshots.h"

namespace nestor {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::Id;
using testing::NeverStop;
using testing::ValueOf;

constexpr char kPoints[] = "points-00000001.points";
constexpr size_t kCount = 6;

using Sections = std::map<uint32_t, std::string>;

class SnapshotFilesTest : public testing::SnapshotsFixture {
 protected:
  void SetUp() override {
    Fill(*Create("docs", Metric::kCosine, 2), kCount, 1, now());
    name_ = Snapshot("docs").name;
    fs::create_directory(directory_.Join("outside"));
    Put(directory_.Join("outside/secret"), "secret");
  }
  std::string Path(const std::string& file) const { return PathOf(name_, file); }
  // Refused as damaged by both, and nothing is restored.
  void ExpectRefused(const std::string& why) {
    const absl::Status status = Verify(name_);
    EXPECT_TRUE(absl::IsDataLoss(status) || absl::IsFailedPrecondition(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(why));
    EXPECT_EQ(Restore(name_, "again").status(), status);
    EXPECT_EQ(engine_->List().size(), 1u);
    EXPECT_TRUE(fs::exists(directory_.Join("outside/secret")));
  }

  CheckedFileReader OpenFile(const std::string& file) const {
    const auto files = ValueOf(CheckedFiles::Open(Root() + "/" + name_));
    return ValueOf(CheckedFileReader::Open(*files, file));
  }
  Sections SectionsOf(const std::string& file) const {
    const CheckedFileReader reader = OpenFile(file);
    Sections sections;
    for (uint32_t id = 0; id < kMaxFileSections; ++id) {
      if (!reader.Has(id)) continue;
      sections[id].resize(reader.BytesOf(id));
      EXPECT_TRUE(reader.Read(id, sections[id].data(), sections[id].size()).ok());
    }
    return sections;
  }
  uint32_t Rewrite(const std::string& file, const Sections& sections) const {
    std::vector<FileSection> list;
    for (const auto& [id, bytes] : sections) list.push_back({id, bytes});
    const auto files = ValueOf(CheckedFiles::Open(Root() + "/" + name_));
    EXPECT_TRUE(files->Remove(file).ok());
    return ValueOf(files->Write(file, list));
  }
  // The manifest with a change, under right checksums.
  void ForgeManifest(const std::function<void(storage::SnapshotRecord*)>& change) const {
    storage::SnapshotRecord record;
    ASSERT_TRUE(record.ParseFromString(SectionsOf("manifest").at(1)));
    change(&record);
    Rewrite("manifest", {{1, record.SerializeAsString()}});
  }
  // The points with a change, under right checksums up to the manifest.
  void ForgePoints(const std::function<void(Sections*)>& change) const {
    Sections sections = SectionsOf(kPoints);
    change(&sections);
    const uint32_t crc = Rewrite(kPoints, sections);
    ForgeManifest([&](storage::SnapshotRecord* record) { record->mutable_files(0)->set_crc(crc); });
  }
  // The points with another value in one section.
  template <typename T>
  void ForgeValue(uint32_t section, size_t index, T value) const {
    ForgePoints([&](Sections* sections) {
      sections->at(section).replace(index * sizeof(T), sizeof(T),
                                    reinterpret_cast<const char*>(&value), sizeof(T));
    });
  }

  std::string name_;
};

TEST_F(SnapshotFilesTest, EveryFlippedBitIsFound) {
  for (const char* file : {"manifest", kPoints}) {
    const std::string good = Bytes(Path(file));
    for (size_t bit = 0; bit < 8 * good.size(); ++bit) {
      std::string damaged = good;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
      Put(Path(file), damaged);
      ASSERT_TRUE(absl::IsDataLoss(Verify(name_))) << file << " bit " << bit;
    }
    Put(Path(file), good);
  }
  EXPECT_TRUE(Verify(name_).ok());
}

TEST_F(SnapshotFilesTest, EveryShortenedFileIsFound) {
  for (const char* file : {"manifest", kPoints}) {
    const std::string good = Bytes(Path(file));
    for (size_t size = 0; size < good.size(); ++size) {
      Put(Path(file), good.substr(0, size));
      ASSERT_TRUE(absl::IsDataLoss(Verify(name_))) << file << " size " << size;
    }
    Put(Path(file), good);
  }
}

TEST_F(SnapshotFilesTest, FilesMustBeThoseOfTheManifest) {
  Put(Path("extra"), "x");
  ExpectRefused("extra does not belong there");
  fs::remove(Path("extra"));
  fs::create_directory(Path("inside"));
  ExpectRefused("inside does not belong there");
  fs::remove(Path("inside"));
  fs::rename(Path(kPoints), Path("points-00000002.points"));
  ExpectRefused("points-00000002.points does not belong there");
  fs::remove(Path("points-00000002.points"));
  ExpectRefused("points-00000001.points is missing");
  fs::remove(Path("manifest"));
  EXPECT_TRUE(absl::IsNotFound(Verify(name_)));
  EXPECT_FALSE(snapshots_->Describe(name_).status.ok());
}

TEST_F(SnapshotFilesTest, FilesOfAnotherSnapshotAreFound) {
  ASSERT_TRUE(engine_->Find("docs").value()->Delete({Id(1)}).ok());
  const std::string other = Snapshot("docs").name;
  const std::string own = Bytes(Path(kPoints));
  Put(Path(kPoints), Bytes(PathOf(other, kPoints)));
  ExpectRefused("is another file than the one that the manifest names");
  Put(Path(kPoints), own);
  Put(Path("manifest"), Bytes(PathOf(other, "manifest")));
  ExpectRefused("it is of another snapshot than its directory");
  // A whole directory under another name.
  fs::remove_all(Root() + "/" + name_);
  fs::copy(Root() + "/" + other, Root() + "/" + name_);
  ExpectRefused("it is of another snapshot than its directory");
}

TEST_F(SnapshotFilesTest, LinksAreNotFollowed) {
  // As a file of it, even to a good one.
  for (const char* file : {"manifest", kPoints}) {
    fs::rename(Path(file), directory_.Join("outside/file"));
    fs::create_symlink(directory_.Join("outside/file"), Path(file));
    ExpectRefused(file);
    fs::remove(Path(file));
    fs::rename(directory_.Join("outside/file"), Path(file));
  }
  // As the whole of it.
  fs::rename(Root() + "/" + name_, directory_.Join("outside/" + name_));
  fs::create_directory_symlink(directory_.Join("outside/" + name_), Root() + "/" + name_);
  ExpectRefused("is a link or no directory");
  EXPECT_TRUE(absl::IsFailedPrecondition(snapshots_->Delete(name_)));
  EXPECT_TRUE(fs::exists(directory_.Join("outside/" + name_ + "/manifest")));
  EXPECT_FALSE(snapshots_->Describe(name_).status.ok());
}

TEST_F(SnapshotFilesTest, APipeIsRefusedAndNotWaitedFor) {
  for (const char* file : {"manifest", kPoints}) {
    const std::string good = Bytes(Path(file));
    fs::remove(Path(file));
    ASSERT_EQ(mkfifo(Path(file).c_str(), 0600), 0);
    ExpectRefused("regular file");
    fs::remove(Path(file));
    Put(Path(file), good);
  }
  EXPECT_TRUE(Verify(name_).ok());
}

TEST_F(SnapshotFilesTest, DeletingFollowsNoLink) {
  fs::create_symlink(directory_.Join("outside/secret"), Path("link"));
  fs::create_directory_symlink(directory_.Join("outside"), Path("linked"));
  ASSERT_TRUE(snapshots_->Delete(name_).ok());
  EXPECT_TRUE(fs::is_empty(Root()));
  EXPECT_TRUE(fs::exists(directory_.Join("outside/secret")));
}

TEST_F(SnapshotFilesTest, ForgedManifestsAreRefused) {
  using Record = storage::SnapshotRecord;
  const std::string good = Bytes(Path("manifest"));
  const auto refused = [&](const std::string& why, const std::function<void(Record*)>& change) {
    ForgeManifest(change);
    ExpectRefused(why);
    Put(Path("manifest"), good);
  };
  const auto spec = [&](const std::string& why,
                        const std::function<void(storage::CollectionRecord*)>& change) {
    refused(why, [&](Record* record) { change(record->mutable_collection()); });
  };
  refused("format 2 is newer than 1", [](Record* record) { record->set_format(2); });
  refused("it has no format", [](Record* record) { record->clear_format(); });
  refused("another snapshot", [](Record* record) { record->set_name("../../etc"); });
  refused("6 points, not 7", [](Record* record) { record->set_points(7); });
  refused("not in the years 1 to 9999",
          [](Record* record) { record->set_create_time_us(std::numeric_limits<int64_t>::max()); });
  refused("not in 1 to 1000000", [](Record* record) {
    record->mutable_files(0)->set_points(uint64_t{1} << 60);
    record->set_points(uint64_t{1} << 60);
  });
  refused("not in 1 to 1000000", [](Record* record) { record->add_files(); });
  refused("section 1 has 24 bytes, not 5 times 4", [](Record* record) {
    record->mutable_files(0)->set_points(5);
    record->set_points(5);
  });
  refused("points-00000002.points is missing", [](Record* record) {
    *record->add_files() = record->files(0);
    record->set_points(2 * kCount);
  });
  spec("another snapshot", [](auto* collection) { collection->set_name("other"); });
  spec("collection.dims: 0", [](auto* collection) { collection->set_dims(0); });
  spec("collection.dims: 4294967295", [](auto* collection) { collection->set_dims(~0u); });
  spec("section 3", [](auto* collection) { collection->set_dims(3); });
  spec("collection.prefix_code.bits", [](auto* collection) { collection->set_prefix_bits(7); });
  spec("recall_target", [](auto* collection) {
    collection->set_default_recall_target(std::numeric_limits<float>::quiet_NaN());
  });
  spec("of a kind that this program does not know", [](auto* collection) {
    collection->set_metric(static_cast<storage::CollectionRecord::Metric>(9));
  });
  spec("of a kind that this program does not know", [](auto* collection) {
    collection->GetReflection()->MutableUnknownFields(collection)->AddVarint(1000, 1);
  });
  Rewrite("manifest", {{1, "\xff\xff\xff"}});
  ExpectRefused("it is no manifest of a snapshot");
  Rewrite("manifest", {{2, "x"}});
  ExpectRefused("no section 1");
}

TEST_F(SnapshotFilesTest, ForgedPointsAreRefused) {
  const std::string points = Bytes(Path(kPoints));
  const std::string manifest = Bytes(Path("manifest"));
  const auto expect_refused = [&](const std::string& why) {
    ExpectRefused(why);
    Put(Path(kPoints), points);
    Put(Path("manifest"), manifest);
  };
  ForgeValue<uint32_t>(1, 0, 10);
  expect_refused("point 0 has no valid id");
  ForgeValue<uint32_t>(1, 0, 1000);
  expect_refused("the ids do not lie one behind the other");
  ForgeValue<uint32_t>(1, kCount - 1, 0xffffffff);
  expect_refused("the ids do not lie one behind the other");
  ForgeValue<uint32_t>(4, 1, 0xffffffff);
  expect_refused("the payloads do not lie one behind the other");
  ForgeValue<float>(3, 5, std::numeric_limits<float>::quiet_NaN());
  expect_refused("the vector of point 2[1]: nan is not finite");
  ForgeValue<float>(3, 5, 1e30f);
  expect_refused("norm 1e+30 exceeds 1e+18");
  ForgePoints([](Sections* sections) { sections->at(3).replace(0, 8, 8, '\0'); });
  expect_refused("is zero, which has no direction for cosine");
  ForgeValue<int64_t>(6, 3, std::numeric_limits<int64_t>::min());
  expect_refused("point 3 expires at");
  // The second id is the first one again.
  ForgePoints([](Sections* sections) {
    std::string& ids = sections->at(2);
    ids.replace(9, 9, ids.substr(0, 9));
  });
  expect_refused("the id of point 1 does not ascend");
  ForgePoints([](Sections* sections) { sections->at(5)[0] = '\xff'; });
  expect_refused("a payload is malformed");
  for (uint32_t section = 1; section <= 6; ++section) {
    ForgePoints([&](Sections* sections) { sections->at(section).resize(3); });
    expect_refused("is damaged");
    ForgePoints([&](Sections* sections) { sections->erase(section); });
    expect_refused("is damaged");
  }
}

// Ids ascend over all files, not only within each.
TEST_F(SnapshotFilesTest, AFileThatIsThereTwiceIsRefused) {
  fs::copy(Path(kPoints), Path("points-00000002.points"));
  ForgeManifest([](storage::SnapshotRecord* record) {
    *record->add_files() = record->files(0);
    record->set_points(2 * kCount);
  });
  ExpectRefused("points-00000002.points is damaged: the id of point 0 does not ascend");
}

TEST(StoredPayloadTest, HasTheLimitsOfARequest) {
  EXPECT_TRUE(CheckStoredPayload("").ok());
  EXPECT_TRUE(CheckStoredPayload(testing::PayloadOf(1)).ok());
  EXPECT_FALSE(CheckStoredPayload(std::string((64 << 10) + 1, '\n')).ok());
  const auto nested = [](int levels) {
    storage::PayloadRecord payload;
    storage::PayloadRecord* at = &payload;
    for (int level = 0; level < levels; ++level) {
      at = at->add_fields()->mutable_value()->mutable_object_value();
    }
    return payload.SerializeAsString();
  };
  EXPECT_TRUE(CheckStoredPayload(nested(29)).ok());
  EXPECT_FALSE(CheckStoredPayload(nested(31)).ok());
  EXPECT_FALSE(CheckStoredPayload(nested(1000)).ok());
}

}  // namespace
}  // namespace nestor
