#include "storage/file_mapping.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

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
  constexpr size_t kLarge = size_t{4} << 20;
  std::ofstream(path_, std::ios::binary) << std::string(kLarge, 'x');
  const int file = open(path_.c_str(), O_RDWR);
  ASSERT_GE(file, 0);
  ASSERT_EQ(fsync(file), 0);
  ASSERT_EQ(posix_fadvise(file, 0, kLarge, POSIX_FADV_DONTNEED), 0);
  close(file);
  const auto mapping = Map(0, kLarge);
  const auto pages_there = [&] {
    std::vector<unsigned char> there(kLarge / 4096);
    EXPECT_EQ(mincore(const_cast<char*>(mapping->data()), kLarge, there.data()), 0);
    return std::count_if(there.begin(), there.end(), [](unsigned char page) { return page & 1; });
  };
  if (pages_there() > 0) GTEST_SKIP() << "this file system keeps all in memory";
  mapping->ReadAhead(kLarge / 2 + 1, kLarge / 4);
  const absl::Time give_up = absl::Now() + absl::Seconds(30);
  const auto wanted = static_cast<ptrdiff_t>(kLarge / 4 / 4096) + 1;
  while (pages_there() < wanted && absl::Now() < give_up) absl::SleepFor(absl::Milliseconds(1));
  EXPECT_EQ(pages_there(), wanted);
  mapping->ReadAhead(0, 0);
  EXPECT_EQ(pages_there(), wanted);
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
