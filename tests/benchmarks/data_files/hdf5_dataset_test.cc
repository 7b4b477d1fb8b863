#include "benchmarks/data_files/hdf5_dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/benchmarks/bench_files.h"
#include "tests/benchmarks/data_files/hdf5_file.h"
#include "tests/client/test_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::MakeMatrix;
using nestor::testing::WriteFile;
using nestor::testing::WriteHdf5;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string SmallFile() {
  return WriteHdf5("small.hdf5", MakeMatrix({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}), {{2, 0}, {1, -1}});
}

std::string ErrorOf(const std::string& path, const std::string& name) {
  const absl::Status status = Hdf5Dataset::Open(path, name).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  return std::string(status.message());
}

TEST(Hdf5DatasetTest, FloatsAreReadByRows) {
  const std::string path = SmallFile();
  for (const char* name : {"train", "wide"}) {
    const auto dataset = Hdf5Dataset::Open(path, name);
    ASSERT_TRUE(dataset.ok()) << dataset.status();
    EXPECT_EQ((*dataset)->rows(), 3);
    EXPECT_EQ((*dataset)->columns(), 3);
    EXPECT_FALSE((*dataset)->has_ints());
    std::vector<float> values(6);
    ASSERT_TRUE((*dataset)->ReadFloats(1, 2, values.data()).ok());
    EXPECT_THAT(values, ElementsAre(4, 5, 6, 7, 8, 9));
  }
}

TEST(Hdf5DatasetTest, IntegersAreReadByRows) {
  const auto dataset = Hdf5Dataset::Open(SmallFile(), "neighbors");
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_TRUE((*dataset)->has_ints());
  std::vector<int64_t> values(4);
  ASSERT_TRUE((*dataset)->ReadInts(0, 2, values.data()).ok());
  EXPECT_THAT(values, ElementsAre(2, 0, 1, -1));
}

TEST(Hdf5DatasetTest, AMissingDataSetIsNamedWithThoseThatAreThere) {
  const std::string error = ErrorOf(SmallFile(), "tests");
  EXPECT_THAT(error, HasSubstr("'tests'"));
  EXPECT_THAT(error, HasSubstr("neighbors"));
  EXPECT_THAT(error, HasSubstr("train"));
}

TEST(Hdf5DatasetTest, OnlyTablesOfNumbersAreRead) {
  const std::string path = SmallFile();
  EXPECT_THAT(ErrorOf(path, "line"), HasSubstr("1 axes, 2 expected"));
  EXPECT_THAT(ErrorOf(path, "text"), HasSubstr("neither floats nor integers"));
  EXPECT_THAT(ErrorOf(path, "broad"), HasSubstr("100000 columns"));
}

TEST(Hdf5DatasetTest, NumbersThatTheFileDoesNotHoldAreNotPromised) {
  const std::string path = SmallFile();
  EXPECT_THAT(ErrorOf(path, "promised"), HasSubstr("0 of its 1000000000 x 1 chunks"));
  EXPECT_THAT(ErrorOf(path, "elsewhere"), HasSubstr("in another file"));
}

TEST(Hdf5DatasetTest, AnotherFileIsRefused) {
  EXPECT_THAT(ErrorOf(WriteFile("no.hdf5", "no HDF5"), "train"), HasSubstr("is not an HDF5 file"));
  EXPECT_TRUE(absl::IsNotFound(Hdf5Dataset::Open("/nonexistent/a.hdf5", "train").status()));
}

TEST(Hdf5DatasetTest, ACutFileIsAnErrorWhereverItEnds) {
  std::ifstream in(SmallFile(), std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  for (size_t size = 0; size < whole.size(); size += 97) {
    const std::string path = WriteFile("cut.hdf5", whole.substr(0, size));
    EXPECT_TRUE(absl::IsInvalidArgument(Hdf5Dataset::Open(path, "train").status())) << size;
  }
}

}  // namespace
}  // namespace nestor::bench
