#include "benchmarks/truth_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

#include "benchmarks/temporary_directory.h"
#include "tests/benchmarks/bench_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::WriteIvecs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

DataIdentity SomeData(uint64_t rows, uint64_t query_count) {
  DataIdentity data;
  data.base = "base.npy";
  data.queries = "queries.npy";
  data.rows = rows;
  data.query_count = query_count;
  data.base_hash = "aa";
  data.queries_hash = "bb";
  return data;
}

std::string ErrorOf(const std::string& path, const DataIdentity& data, Metric metric,
                    size_t limit) {
  const absl::Status status = ReadTruth(path, data, metric, limit).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  return std::string(status.message());
}

TEST(TruthFileTest, AFileGivesItsFirstColumns) {
  const std::string path = WriteIvecs("t.ivecs", {{3, 1, 2}, {0, 2, 1}, {1, 1, 1}});
  EXPECT_THAT(*ReadTruth(path, SomeData(4, 2), Metric::kCosine, 2),
              ElementsAre(ElementsAre(3, 1), ElementsAre(0, 2)));
}

TEST(TruthFileTest, AFileMustFit) {
  const std::string path = WriteIvecs("t.ivecs", {{3, 1}, {0, -1}});
  EXPECT_THAT(ErrorOf(path, SomeData(4, 3), Metric::kCosine, 2),
              HasSubstr("is 2 x 2; 3 queries x 2 neighbours"));
  EXPECT_THAT(ErrorOf(path, SomeData(4, 2), Metric::kCosine, 3),
              HasSubstr("is 2 x 2; 2 queries x 3 neighbours"));
  EXPECT_THAT(ErrorOf(path, SomeData(3, 1), Metric::kCosine, 2),
              HasSubstr("query 0 has neighbour 3; the base has 3 rows"));
  EXPECT_THAT(ErrorOf(path, SomeData(4, 2), Metric::kCosine, 2), HasSubstr("neighbour -1"));
}

class WrittenTruthTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(
        WriteTruth(path_, {{3, 1}, {0, 2}}, SomeData(4, 2), Metric::kCosine, console_).ok());
  }

  Console console_{.out = std::cout, .err = std::cerr};
  const std::unique_ptr<TemporaryDirectory> folder_ = *TemporaryDirectory::Create();
  const std::string path_ = folder_->path() + "/t.npy";
};

TEST_F(WrittenTruthTest, IsReadBackForItsOwnData) {
  EXPECT_THAT(*ReadTruth(path_, SomeData(4, 2), Metric::kCosine, 2),
              ElementsAre(ElementsAre(3, 1), ElementsAre(0, 2)));
}

TEST_F(WrittenTruthTest, IsRefusedForOtherDataWithBothHashes) {
  DataIdentity other_base = SomeData(4, 2);
  other_base.base_hash = "cc";
  EXPECT_THAT(ErrorOf(path_, other_base, Metric::kCosine, 2),
              AllOf(HasSubstr("is for other data"), HasSubstr("'aa'"), HasSubstr("'cc'")));
  DataIdentity other_queries = SomeData(4, 2);
  other_queries.queries_hash = "dd";
  EXPECT_THAT(ErrorOf(path_, other_queries, Metric::kCosine, 2),
              AllOf(HasSubstr("'bb'"), HasSubstr("'dd'")));
}

TEST_F(WrittenTruthTest, IsRefusedWithTheDocumentOfAnotherFile) {
  const std::string other = folder_->path() + "/u.npy";
  ASSERT_TRUE(WriteTruth(other, {{0, 1}, {0, 2}}, SomeData(4, 2), Metric::kCosine, console_).ok());
  std::filesystem::rename(other, path_);
  EXPECT_THAT(ErrorOf(path_, SomeData(4, 2), Metric::kCosine, 2),
              HasSubstr("t.npy.json is about another file"));
}

TEST_F(WrittenTruthTest, IsRefusedForAnotherMetric) {
  EXPECT_THAT(ErrorOf(path_, SomeData(4, 2), Metric::kL2, 2),
              AllOf(HasSubstr("'cosine'"), HasSubstr("'l2'")));
}

}  // namespace
}  // namespace nestor::bench
