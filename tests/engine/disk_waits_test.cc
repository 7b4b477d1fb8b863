#include "engine/disk_waits.h"

#include "gtest/gtest.h"
#include "storage/file_mapping.h"
#include "tests/testing/cold_file.h"
#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

TEST(DiskWaitsTest, WhatWasAskedForAndWasNotThereIsExpectedOnce) {
  DiskWaits waits;
  waits.RowsWereRead(0);  // what this thread has waited for so far
  waits.RowsWereRead(0);
  EXPECT_FALSE(waits.expected());
  waits.RowsWereRead(1);
  EXPECT_FALSE(waits.expected());
  waits.RowsWereRead(10);
  EXPECT_TRUE(waits.expected());
  waits.RowsWereRead(0);
  EXPECT_FALSE(waits.expected());
}

TEST(DiskWaitsTest, PagesThatCameFromTheDiskAreSeen) {
  constexpr size_t kPages = 64;
  const testing::TempDir directory;
  testing::WriteColdFile(directory.Join("file"), kPages);
  const auto mapping =
      FileMapping::Map(directory.Join("file"), 0, kPages * testing::kFilePage).value();
  if (testing::PagesInMemory(mapping->data(), kPages) > 0) {
    GTEST_SKIP() << "this file system keeps all in memory";
  }
  DiskWaits waits;
  waits.RowsWereRead(0);
  waits.RowsWereRead(0);
  for (size_t page = 0; page < kPages; page += 4) {
    char byte = 0;
    ASSERT_TRUE(mapping->Copy(page * testing::kFilePage, 1, &byte));
    EXPECT_EQ(byte, 'x');
  }
  waits.RowsWereRead(0);
  EXPECT_TRUE(waits.expected());
}

}  // namespace
}  // namespace nestor
