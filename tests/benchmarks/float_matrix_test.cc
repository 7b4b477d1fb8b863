#include "benchmarks/float_matrix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/benchmarks/bench_files.h"
#include "tests/client/test_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::MakeMatrix;
using nestor::testing::Npy;
using nestor::testing::RandomMatrix;
using nestor::testing::WriteFbin;
using nestor::testing::WriteFile;
using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::HasSubstr;

TEST(FloatMatrixTest, ReadsWhatWasWritten) {
  const FloatMatrix written = RandomMatrix(5000, 3, 1);
  const FloatMatrix read = *ReadFloatMatrix(WriteFbin("a.fbin", written), 0, Metric::kL2);
  EXPECT_EQ(read.rows, 5000U);
  EXPECT_EQ(read.dims, 3U);
  EXPECT_EQ(read.values, written.values);
}

TEST(FloatMatrixTest, ReadsTheFirstRowsOnly) {
  const std::string path = WriteFbin("a.fbin", MakeMatrix({{1, 2}, {3, 4}, {5, 6}}));
  EXPECT_THAT(ReadFloatMatrix(path, 2, Metric::kL2)->values, ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(ReadFloatMatrix(path, 9, Metric::kL2)->rows, 3U);
}

TEST(FloatMatrixTest, WidensHalfPrecision) {
  // 1.0, -2.0, the smallest subnormal.
  const std::string halves("\x00\x3c\x00\xc0\x01\x00", 6);
  const std::string path = WriteFile(
      "a.npy", Npy("{'descr': '<f2', 'fortran_order': False, 'shape': (1, 3), }\n", halves));
  EXPECT_THAT(ReadFloatMatrix(path, 0, Metric::kL2)->values, ElementsAre(1, -2, 0x1p-24f));
}

TEST(FloatMatrixTest, RefusesWhatCannotBeCompared) {
  const std::string zero = WriteFbin("zero.fbin", MakeMatrix({{1, 2}, {0, 0}}));
  EXPECT_TRUE(ReadFloatMatrix(zero, 0, Metric::kDot).ok());
  EXPECT_THAT(std::string(ReadFloatMatrix(zero, 0, Metric::kCosine).status().message()),
              HasSubstr("zero.fbin: row 1 is zero"));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(
      std::string(ReadFloatMatrix(WriteFbin("nan.fbin", MakeMatrix({{1, nan}})), 0, Metric::kDot)
                      .status()
                      .message()),
      HasSubstr("nan.fbin: row 0 is not finite"));
}

TEST(FloatMatrixTest, PrefixesAreRenormalisedForCosine) {
  const FloatMatrix matrix = MakeMatrix({{3, 4, 12}, {0, 0, 1}});
  EXPECT_THAT(Prefixes(matrix, 2, Metric::kCosine).values,
              ElementsAre(FloatEq(0.6f), FloatEq(0.8f), 0, 0));
  EXPECT_THAT(Prefixes(matrix, 2, Metric::kDot).values, ElementsAre(3, 4, 0, 0));
}

}  // namespace
}  // namespace nestor::bench
