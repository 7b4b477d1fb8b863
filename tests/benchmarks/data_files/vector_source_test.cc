#include "benchmarks/data_files/vector_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/client/test_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::F32;
using nestor::testing::Npy;
using nestor::testing::U32;
using nestor::testing::WriteFile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string ErrorOf(const std::string& path) {
  const absl::Status status = OpenVectorSource(path).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  return std::string(status.message());
}

TEST(VectorSourceTest, BytesBecomeNumbersWithoutSign) {
  const auto source =
      OpenVectorSource(WriteFile("v.bvecs", U32(2) + "\1\2" + U32(2) + "\3\xff" + U32(2) + "\5\6"));
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ((*source)->rows(), 3);
  EXPECT_EQ((*source)->dims(), 2);
  std::vector<float> values(4);
  ASSERT_TRUE((*source)->ReadRows(1, 2, values.data()).ok());
  EXPECT_THAT(values, ElementsAre(3, 255, 5, 6));
}

TEST(VectorSourceTest, HalfPrecisionIsWidened) {
  const auto source = OpenVectorSource(
      WriteFile("v.npy", Npy("{'descr': '<f2', 'fortran_order': False, 'shape': (1, 2), }   \n",
                             std::string("\x00\x3c\x00\xc0", 4))));
  ASSERT_TRUE(source.ok()) << source.status();
  std::vector<float> values(2);
  ASSERT_TRUE((*source)->ReadRows(0, 1, values.data()).ok());
  EXPECT_THAT(values, ElementsAre(1, -2));
}

TEST(VectorSourceTest, FloatsAreReadFromAnyRow) {
  const auto source = OpenVectorSource(WriteFile("v.fbin", U32(2) + U32(2) + F32({1, 2, 3, 4})));
  ASSERT_TRUE(source.ok()) << source.status();
  std::vector<float> values(2);
  ASSERT_TRUE((*source)->ReadRows(1, 1, values.data()).ok());
  EXPECT_THAT(values, ElementsAre(3, 4));
}

TEST(VectorSourceTest, NoRowsNeedNoPlaceToGo) {
  const auto source = OpenVectorSource(WriteFile("v.fbin", U32(2) + U32(2) + F32({1, 2, 3, 4})));
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_TRUE((*source)->ReadRows(2, 0, nullptr).ok());
}

TEST(VectorSourceTest, DamagedBvecsAreRefused) {
  EXPECT_THAT(ErrorOf(WriteFile("v.bvecs", "")), HasSubstr("0 bytes"));
  EXPECT_THAT(ErrorOf(WriteFile("v.bvecs", U32(0))), HasSubstr("dims 0"));
  EXPECT_THAT(ErrorOf(WriteFile("v.bvecs", U32(4'000'000'000U))), HasSubstr("dims 4000000000"));
  EXPECT_THAT(ErrorOf(WriteFile("v.bvecs", U32(2) + "\1\2" + U32(2) + "\3")),
              HasSubstr("truncated at row 1: 5 of 6 bytes"));
}

TEST(VectorSourceTest, ABvecsRowOfOtherDimsIsFoundWhenItIsRead) {
  const auto source = OpenVectorSource(WriteFile("v.bvecs", U32(2) + "\1\2" + U32(9) + "\3\4"));
  ASSERT_TRUE(source.ok()) << source.status();
  std::vector<float> values(4);
  EXPECT_THAT(std::string((*source)->ReadRows(0, 2, values.data()).message()),
              HasSubstr("row 1 has 9 dims, the first row has 2"));
}

}  // namespace
}  // namespace nestor::bench
