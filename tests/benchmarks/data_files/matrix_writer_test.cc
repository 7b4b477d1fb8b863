#include "benchmarks/data_files/matrix_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "benchmarks/float_matrix.h"
#include "benchmarks/int_file.h"
#include "tests/client/test_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::F32;
using nestor::testing::U32;
using nestor::testing::WriteFile;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr MatrixShape kTwoVectors = {2, 3, MatrixShape::Kind::kVectors};
constexpr MatrixShape kTwoRowsOfInts = {2, 2, MatrixShape::Kind::kInts};

std::string BytesOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// A path in the folder of this process.
std::string PathOf(const std::string& name) { return WriteFile(name, ""); }

std::string WriteVectors(const std::string& name) {
  const std::string path = PathOf(name);
  const auto writer = *MatrixWriter::Create(path, kTwoVectors);
  // Row by row, as a stream does.
  EXPECT_TRUE(writer->AppendVectors({1, 2, 3}).ok());
  EXPECT_TRUE(writer->AppendVectors({4, 5, 6}).ok());
  EXPECT_TRUE(writer->Finish().ok());
  return path;
}

std::string WriteInts(const std::string& name) {
  const std::string path = PathOf(name);
  const auto writer = *MatrixWriter::Create(path, kTwoRowsOfInts);
  EXPECT_TRUE(writer->AppendInts({7, -8, 9, 10}).ok());
  EXPECT_TRUE(writer->Finish().ok());
  return path;
}

TEST(MatrixWriterTest, OurReadersReadVectorsBack) {
  for (const char* name : {"w.npy", "w.fbin", "w.fvecs", "w.bvecs"}) {
    const auto matrix = ReadFloatMatrix(WriteVectors(name), 0, Metric::kDot);
    ASSERT_TRUE(matrix.ok()) << matrix.status();
    EXPECT_EQ(matrix->rows, 2) << name;
    EXPECT_THAT(matrix->values, ElementsAre(1, 2, 3, 4, 5, 6)) << name;
  }
}

TEST(MatrixWriterTest, OurReadersReadIntegersBack) {
  for (const char* name : {"w.npy", "w.ibin", "w.ivecs"}) {
    const auto matrix = ReadIntMatrix(WriteInts(name));
    ASSERT_TRUE(matrix.ok()) << matrix.status();
    EXPECT_EQ(matrix->columns, 2) << name;
    EXPECT_THAT(matrix->values, ElementsAre(7, -8, 9, 10)) << name;
  }
}

TEST(MatrixWriterTest, TheBytesAreThoseOfTheFormats) {
  EXPECT_EQ(BytesOf(WriteVectors("w.fbin")), U32(2) + U32(3) + F32({1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(BytesOf(WriteVectors("w.fvecs")), U32(3) + F32({1, 2, 3}) + U32(3) + F32({4, 5, 6}));
  EXPECT_EQ(BytesOf(WriteVectors("w.bvecs")), U32(3) + "\1\2\3" + U32(3) + "\4\5\6");
  EXPECT_EQ(BytesOf(WriteInts("w.ibin")),
            U32(2) + U32(2) + U32(7) + U32(static_cast<uint32_t>(-8)) + U32(9) + U32(10));
}

TEST(MatrixWriterTest, NumpyFindsTheDataOnACacheLine) {
  const std::string bytes = BytesOf(WriteVectors("w.npy"));
  EXPECT_THAT(bytes, StartsWith(std::string("\x93NUMPY\1\0\x76\0{'descr': '<f4', ", 27)));
  EXPECT_EQ(bytes.size(), 128 + 24);
  EXPECT_THAT(bytes.substr(0, 128), EndsWith(" \n"));
}

TEST(MatrixWriterTest, OneColumnOfIntegersIsALine) {
  const std::string path = PathOf("labels.npy");
  const auto writer = *MatrixWriter::Create(path, {3, 1, MatrixShape::Kind::kInts});
  ASSERT_TRUE(writer->AppendInts({1, 2, 3}).ok());
  ASSERT_TRUE(writer->Finish().ok());
  EXPECT_THAT(BytesOf(path), HasSubstr("'shape': (3,), "));
  EXPECT_THAT(*ReadLabels(path, 3), ElementsAre(1, 2, 3));
}

TEST(MatrixWriterTest, OnlyBytesFitIntoBvecs) {
  const auto writer = *MatrixWriter::Create(PathOf("w.bvecs"), kTwoVectors);
  ASSERT_TRUE(writer->AppendVectors({0, 255, 7}).ok());
  for (const float wrong : {-1.0F, 256.0F, 0.5F, std::nanf("")}) {
    const absl::Status status = writer->AppendVectors({1, wrong, 2});
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << wrong;
    EXPECT_THAT(std::string(status.message()), HasSubstr("row 1 has "));
  }
}

TEST(MatrixWriterTest, TheSuffixMustSuitTheKind) {
  for (const char* name : {"w.ivecs", "w.ibin", "w.txt", "w"}) {
    const absl::Status status = MatrixWriter::Create(name, kTwoVectors).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << name;
  }
  for (const char* name : {"w.fvecs", "w.bvecs", "w.fbin"}) {
    const absl::Status status = MatrixWriter::Create(name, kTwoRowsOfInts).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << name;
  }
}

TEST(MatrixWriterTest, AHeaderOf32BitsHasALimit) {
  const MatrixShape shape = {uint64_t{1} << 32, 1, MatrixShape::Kind::kVectors};
  EXPECT_THAT(std::string(MatrixWriter::Create("w.fbin", shape).status().message()),
              HasSubstr("4294967296 rows exceed 4294967295"));
}

}  // namespace
}  // namespace nestor::bench
