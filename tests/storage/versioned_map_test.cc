#include "storage/versioned_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace nestor {
namespace {

using Version = VersionedMap::Version;
using Kind = KeyOperation::Kind;
using Model = std::map<std::string, std::string>;

class VersionedMapTest : public ::testing::Test {
 protected:
  void Write(Kind kind, const std::string& key, const std::string& value) {
    map_.Apply([&](VersionedMap::Sink sink) { sink({kind, Family::kIds, key, value}); });
  }
  void Put(const std::string& key, const std::string& value) { Write(Kind::kPut, key, value); }
  void Delete(const std::string& key) { Write(Kind::kDelete, key, ""); }

  Model Contents(Version version) const {
    Model contents;
    for (const auto& [key, value] : map_.Scan(version, Family::kIds, {"", "z"}, 1000)) {
      contents[key] = *value;
    }
    return contents;
  }

  VersionedMap map_;
};

TEST_F(VersionedMapTest, PinnedVersionStaysAsItWas) {
  Put("a", "1");
  Put("b", "2");
  const Version version = map_.Pin();
  Put("a", "3");
  Delete("b");
  Put("c", "4");
  EXPECT_EQ(Contents(version), (Model{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(Contents(map_.Pin()), (Model{{"a", "3"}, {"c", "4"}}));
}

TEST_F(VersionedMapTest, KeepsOneVersionWhenNothingIsPinned) {
  for (int i = 0; i < 10; ++i) Put("a", std::to_string(i));
  EXPECT_EQ(map_.CountVersions(), 1u);
  Delete("a");
  EXPECT_EQ(map_.CountVersions(), 0u);
}

TEST_F(VersionedMapTest, UnpinLetsOldVersionsGo) {
  Put("a", "1");
  const Version version = map_.Pin();
  Put("a", "2");
  Delete("a");
  Delete("a");
  EXPECT_GT(map_.CountVersions(), 0u);
  map_.Unpin(version);
  EXPECT_EQ(map_.CountVersions(), 0u);
}

TEST_F(VersionedMapTest, AgreesWithCopiesOfAPlainMap) {
  std::mt19937 random(7);
  Model model;
  std::vector<std::pair<Version, Model>> pinned;
  for (int step = 0; step < 5000; ++step) {
    const std::string key(1, static_cast<char>('a' + random() % 8));
    const std::string value = std::to_string(step);
    switch (random() % 8) {
      case 0:
        pinned.emplace_back(map_.Pin(), model);
        break;
      case 1:
        if (!pinned.empty()) {
          const auto victim = pinned.begin() + static_cast<int>(random() % pinned.size());
          map_.Unpin(victim->first);
          pinned.erase(victim);
        }
        break;
      case 2: {
        const std::string limit(1, static_cast<char>(key[0] + 2));
        Write(Kind::kDeleteRange, key, limit);
        model.erase(model.lower_bound(key), model.lower_bound(limit));
        break;
      }
      case 3:
        Delete(key);
        model.erase(key);
        break;
      default:
        Put(key, value);
        model[key] = value;
    }
    for (const auto& [version, copy] : pinned) ASSERT_EQ(Contents(version), copy) << step;
  }
  for (const auto& [version, copy] : pinned) map_.Unpin(version);
  EXPECT_EQ(map_.CountVersions(), model.size());
}

}  // namespace
}  // namespace nestor
