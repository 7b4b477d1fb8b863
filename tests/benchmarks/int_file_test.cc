#include "benchmarks/int_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/benchmarks/bench_files.h"
#include "tests/client/test_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::Npy;
using nestor::testing::U32;
using nestor::testing::WriteFile;
using nestor::testing::WriteIvecs;
using nestor::testing::WriteNpyLabels;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string ErrorOf(const std::string& path) {
  return std::string(ReadIntMatrix(path).status().message());
}

std::string WriteNpy(const std::string& descr, const std::string& shape, const std::string& data,
                     int version = 1) {
  return WriteFile(
      "a.npy", Npy("{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }\n",
                   data, version));
}

TEST(IntFileTest, ReadsIvecs) {
  const IntMatrix matrix = *ReadIntMatrix(WriteIvecs("a.ivecs", {{1, -2}, {3, 4}}));
  EXPECT_EQ(matrix.rows, 2U);
  EXPECT_EQ(matrix.columns, 2U);
  EXPECT_THAT(matrix.values, ElementsAre(1, -2, 3, 4));
}

TEST(IntFileTest, ReadsNpyOfBothWidthsAndVersions) {
  const std::string data = U32(1) + U32(0xffffffff) + U32(3) + U32(0);
  EXPECT_THAT(ReadIntMatrix(WriteNpy("<i4", "(2, 2)", data))->values, ElementsAre(1, -1, 3, 0));
  EXPECT_THAT(ReadIntMatrix(WriteNpy("<i8", "(2,)", data, 2))->values,
              ElementsAre(-0xffffffffLL, 3));
}

TEST(IntFileTest, AMalformedFileIsNamedWithTheReason) {
  EXPECT_THAT(ErrorOf(WriteFile("a.txt", "1 2 3")),
              HasSubstr("a.txt: the name does not end in .npy"));
  EXPECT_THAT(ErrorOf(WriteFile("a.npy", "not an array")), HasSubstr("is not a NumPy array"));
  EXPECT_THAT(ErrorOf(WriteNpy("<f4", "(1,)", U32(0))), HasSubstr("is <f4"));
  EXPECT_THAT(ErrorOf(WriteNpy("<i4", "(1, 1, 1)", U32(0))), HasSubstr("1-D or 2-D"));
  EXPECT_THAT(ErrorOf(WriteNpy("<i4", "(2,)", U32(0))), HasSubstr("do not hold 2 x 1"));
  EXPECT_THAT(ErrorOf(WriteNpy("<i4", "(4611686018427387904, 4)", "")), HasSubstr("do not hold"));
  EXPECT_THAT(ErrorOf(WriteNpy("<i4", "(1, 18446744073709551615)", U32(0))),
              HasSubstr("do not hold"));
  EXPECT_THAT(ErrorOf(WriteFile("b.npy", std::string("\x93NUMPY\x01\x00\xff\xff", 10) + "{}")),
              HasSubstr("ends inside its header"));
  EXPECT_THAT(ErrorOf(WriteFile("a.ivecs", U32(2) + U32(0))), HasSubstr("no whole number of rows"));
  EXPECT_THAT(ErrorOf(WriteFile("a.ivecs", U32(1) + U32(0) + U32(2) + U32(0))),
              HasSubstr("row 1 does not have 1 columns"));
  EXPECT_THAT(ErrorOf(WriteFile("a.ivecs", "")), HasSubstr("too short"));
}

TEST(IntFileTest, LabelsAreOneColumnWithARowForEachVector) {
  const std::string path = WriteNpyLabels("l.npy", {5, 6, 7});
  EXPECT_THAT(*ReadLabels(path, 3), ElementsAre(5, 6, 7));
  EXPECT_THAT(std::string(ReadLabels(path, 4).status().message()),
              HasSubstr("3 labels for 4 vectors"));
  EXPECT_THAT(std::string(ReadLabels(path, 2).status().message()),
              HasSubstr("3 labels for 2 vectors"));
  EXPECT_THAT(std::string(ReadLabels(WriteIvecs("l.ivecs", {{1, 2}}), 1).status().message()),
              HasSubstr("2 columns"));
}

}  // namespace
}  // namespace nestor::bench
