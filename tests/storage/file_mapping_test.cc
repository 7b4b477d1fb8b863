#include "storage/file_mapping.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "tests/testing/cold_file.h"
#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

using testing::kFilePage;
using testing::TempDir;

constexpr size_t kBytes = 100'000;

class FileMappingTest : public ::testing::Test {
 protected:
  FileMappingTest() {
    for (size_t i = 0; i < kBytes; ++i) content_ += static_cast<char>(i * 7 + i / 256);
    std::ofstream(path_, std::ios::binary) << content_;
  }
  std::shared_ptr<const FileMapping> Map(uint64_t begin, uint64_t bytes) const {
    return FileMapping::Map(path_, begin, bytes).value();
  }

  const TempDir directory_;
  const std::string path_ = directory_.Join("file");
  std::string content_;
};

TEST_F(FileMappingTest, CopiesFromAnyOffset) {
  for (const uint64_t begin : {0u, 64u, 4095u, 4096u, 12345u}) {
    const auto mapping = Map(begin, kBytes - begin);
    for (const uint64_t offset : {0u, 1u, 5000u}) {
      std::string copy(300, '\0');
      mapping->Prefetch(offset, copy.size());
      ASSERT_TRUE(mapping->Copy(offset, copy.size(), copy.data()));
      EXPECT_EQ(copy, content_.substr(begin + offset, copy.size()));
    }
  }
}

TEST_F(FileMappingTest, WhatIsReadAheadGetsIntoMemoryUntouched) {
  constexpr size_t kPages = 1024;
  testing::WriteColdFile(path_, kPages);
  const auto mapping = Map(0, kPages * kFilePage);
  const auto there = [&] { return testing::PagesInMemory(mapping->data(), kPages); };
  if (there() > 0) GTEST_SKIP() << "this file system keeps all in memory";
  constexpr size_t kBegin = kPages / 2 * kFilePage + 1, kBytes = kPages / 4 * kFilePage;
  EXPECT_TRUE(mapping->ReadAhead(kBegin, kBytes));
  const absl::Time give_up = absl::Now() + absl::Seconds(30);
  while (there() < kPages / 4 + 1 && absl::Now() < give_up) absl::SleepFor(absl::Milliseconds(1));
  EXPECT_EQ(there(), kPages / 4 + 1);
  EXPECT_FALSE(mapping->ReadAhead(kBegin, kBytes));
  EXPECT_FALSE(mapping->ReadAhead(0, 0));
  EXPECT_EQ(there(), kPages / 4 + 1);
}

TEST_F(FileMappingTest, OutlivesTheFilesName) {
  const auto mapping = Map(0, kBytes);
  ASSERT_EQ(unlink(path_.c_str()), 0);
  std::string copy(kBytes, '\0');
  ASSERT_TRUE(mapping->Copy(0, kBytes, copy.data()));
  EXPECT_EQ(copy, content_);
}

// What a bad sector does as well.
TEST_F(FileMappingTest, APageThatCannotBeReadIsAnErrorAndNoSignal) {
  const auto mapping = Map(0, kBytes);
  ASSERT_EQ(truncate(path_.c_str(), 4096), 0);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int again = 0; again < 3; ++again) {
        std::string copy(8192, '\0');
        EXPECT_FALSE(mapping->Copy(50'000, copy.size(), copy.data()));
        EXPECT_FALSE(mapping->Copy(4000, copy.size(), copy.data()));
        ASSERT_TRUE(mapping->Copy(0, 4096, copy.data()));
        EXPECT_EQ(copy.substr(0, 4096), content_.substr(0, 4096));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(FileMappingTest, OtherBusErrorsAreNotOurs) {
  const auto mapping = Map(0, kBytes);
  EXPECT_DEATH(raise(SIGBUS), "");
}

TEST_F(FileMappingTest, NamesAFileThatIsNotThere) {
  const auto mapping = FileMapping::Map(directory_.Join("none"), 0, 10);
  EXPECT_EQ(mapping.status().ToString(),
            "UNAVAILABLE: map " + directory_.Join("none") + ": No such file or directory");
}

}  // namespace
}  // namespace nestor
