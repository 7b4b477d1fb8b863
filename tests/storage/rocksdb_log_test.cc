#include "storage/rocksdb_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

using ::testing::HasSubstr;
using testing::TempDir;

std::string ContentOf(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(RocksDbLogTest, ALineHasItsTimeAndItsText) {
  const TempDir directory;
  RocksDbLog log(directory.path());
  rocksdb::Info(&log, "flushed %d tables", 7);
  EXPECT_THAT(ContentOf(directory.Join("LOG")), HasSubstr("flushed 7 tables\n"));
}

TEST(RocksDbLogTest, TheLogOfTheRunBeforeIsKept) {
  const TempDir directory;
  { rocksdb::Info(std::make_unique<RocksDbLog>(directory.path()).get(), "first"); }
  { rocksdb::Info(std::make_unique<RocksDbLog>(directory.path()).get(), "second"); }
  EXPECT_THAT(ContentOf(directory.Join("LOG.old")), HasSubstr("first"));
  EXPECT_THAT(ContentOf(directory.Join("LOG")), HasSubstr("second"));
}

TEST(RocksDbLogTest, TakesAtMostTwoFiles) {
  const TempDir directory;
  RocksDbLog log(directory.path());
  const std::string line(4000, 'x');
  const size_t lines = 3 * RocksDbLog::kMaxLogBytes / line.size();
  for (size_t i = 0; i < lines; ++i) rocksdb::Info(&log, "%s", line.c_str());
  uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    bytes += entry.file_size();
  }
  EXPECT_GT(bytes, static_cast<uintmax_t>(RocksDbLog::kMaxLogBytes));
  EXPECT_LT(bytes, static_cast<uintmax_t>(RocksDbLog::kMaxLogBytes) * 2 + 10000);
}

TEST(RocksDbLogTest, WhatCannotBeWrittenIsLeftOut) {
  RocksDbLog nowhere("/nowhere/at/all");
  rocksdb::Info(&nowhere, "lost");
}

}  // namespace
}  // namespace nestor
