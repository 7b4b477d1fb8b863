#include "client/vector_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/client/test_files.h"

namespace nestor {
namespace {

using testing::F32;
using testing::Npy;
using testing::NpyF32;
using testing::U32;
using testing::WriteFile;

std::string FvecsRow(const std::vector<float>& values) {
  return U32(static_cast<uint32_t>(values.size())) + F32(values);
}

// The message of opening such a file, without the path in front.
std::string OpenError(const std::string& name, const std::string& bytes) {
  const std::string path = WriteFile(name, bytes);
  const absl::Status status = VectorFile::Open(path).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  const std::string message(status.message());
  EXPECT_EQ(message.substr(0, path.size() + 2), path + ": ");
  return message.substr(path.size() + 2);
}

TEST(VectorFileTest, ReadsNpyFloat32OfEveryVersion) {
  const std::string data = F32({1, 2, 3, 4, 5, 6});
  for (const int version : {1, 2, 3}) {
    const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }\n";
    const VectorFile file =
        VectorFile::Open(WriteFile("a.npy", Npy(header, data, version))).value();
    EXPECT_EQ(file.rows(), 3);
    EXPECT_EQ(file.dims(), 2);
    EXPECT_EQ(file.encoding(), v1::Vector::F32);
    EXPECT_EQ(file.ReadRows(0, 3).value(), data);
    EXPECT_EQ(file.ReadRows(1, 1).value(), F32({3, 4}));
  }
}

TEST(VectorFileTest, PassesNpyFloat16ThroughUnchanged) {
  const std::string data("\x00\x3c\x01\x00\xff\x7b\x00\xc0", 8);
  const VectorFile file =
      VectorFile::Open(
          WriteFile("a.npy",
                    Npy("{'descr': '<f2', 'fortran_order': False, 'shape': (2, 2), }", data)))
          .value();
  EXPECT_EQ(file.encoding(), v1::Vector::F16);
  EXPECT_EQ(file.row_bytes(), 4);
  EXPECT_EQ(file.ReadRows(1, 1).value(), data.substr(4));
}

TEST(VectorFileTest, ReadsFbin) {
  const std::string data = F32({1, 2, 3, 4, 5, 6});
  const VectorFile file = VectorFile::Open(WriteFile("a.fbin", U32(2) + U32(3) + data)).value();
  EXPECT_EQ(file.rows(), 2);
  EXPECT_EQ(file.dims(), 3);
  EXPECT_EQ(file.ReadRows(1, 1).value(), F32({4, 5, 6}));
}

TEST(VectorFileTest, ReadsFvecsWithoutTheDimsOfEachRow) {
  const VectorFile file =
      VectorFile::Open(WriteFile("a.fvecs", FvecsRow({1, 2}) + FvecsRow({3, 4}) + FvecsRow({5, 6})))
          .value();
  EXPECT_EQ(file.rows(), 3);
  EXPECT_EQ(file.dims(), 2);
  EXPECT_EQ(file.ReadRows(0, 3).value(), F32({1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(file.ReadRows(2, 1).value(), F32({5, 6}));
}

TEST(VectorFileTest, RowsBeyondTheLastAreOutOfRange) {
  const VectorFile file =
      VectorFile::Open(WriteFile("a.fbin", U32(2) + U32(1) + F32({1, 2}))).value();
  EXPECT_EQ(file.ReadRows(2, 0).value(), "");
  EXPECT_TRUE(absl::IsOutOfRange(file.ReadRows(2, 1).status()));
  EXPECT_TRUE(absl::IsOutOfRange(file.ReadRows(1, UINT64_MAX).status()));
  EXPECT_EQ(file.ReadRows(7, 1).status().message(),
            file.path() + ": row 7 is beyond the last row; the file has 2 rows");
}

TEST(VectorFileTest, AnUnknownSuffixIsRefused) {
  EXPECT_EQ(OpenError("a.csv", "1,2"), "the name does not end in .npy, .fvecs or .fbin");
}

TEST(VectorFileTest, NpyTruncatedAtARow) {
  EXPECT_EQ(OpenError("a.npy", NpyF32(3, 2, F32({1, 2, 3}))),
            "truncated at row 1: the header says 3 rows of 8 bytes, 12 bytes follow it");
}

TEST(VectorFileTest, NpyWithMoreDataThanRows) {
  EXPECT_EQ(OpenError("a.npy", NpyF32(1, 2, F32({1, 2, 3}))),
            "4 bytes after the last row: the header says 1 rows of 8 bytes");
}

TEST(VectorFileTest, NpyOfAnotherTypeOrderOrShape) {
  EXPECT_EQ(OpenError("a.npy", Npy("{'descr':'<f8','fortran_order':False,'shape':(1,1)}", "")),
            "dtype '<f8' is not '<f4' (float32) or '<f2' (float16)");
  EXPECT_EQ(OpenError("a.npy", Npy("{'descr':'>f4','fortran_order':False,'shape':(1,1)}", "")),
            "dtype '>f4' is not '<f4' (float32) or '<f2' (float16)");
  EXPECT_EQ(OpenError("a.npy", Npy("{'descr':'<f4','fortran_order':True,'shape':(2,2)}", "")),
            "is in Fortran order; save it with numpy.ascontiguousarray");
  EXPECT_EQ(OpenError("a.npy", Npy("{'descr':'<f4','fortran_order':False,'shape':(7,)}", "")),
            "shape (7) has 1 axes, 2 expected: rows, dims");
  EXPECT_EQ(OpenError("a.npy", Npy("{'descr':'<f4','fortran_order':False,'shape':(1,2,3)}", "")),
            "shape (1, 2, 3) has 3 axes, 2 expected: rows, dims");
}

TEST(VectorFileTest, NpyThatIsNone) {
  EXPECT_EQ(OpenError("a.npy", ""), "truncated header: the file has 0 bytes, 8 expected");
  EXPECT_EQ(OpenError("a.npy", "not a numpy file"),
            "does not start with the magic bytes of a .npy file");
  EXPECT_EQ(OpenError("a.npy", Npy("{}", "", 9)), ".npy version 9 is not 1, 2 or 3");
  EXPECT_EQ(OpenError("a.npy", std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff", 12)),
            "header of 4294967295 bytes exceeds 65536");
  EXPECT_EQ(OpenError("a.npy", std::string("\x93NUMPY\x01\x00\x10\x00{", 11)),
            "truncated header: the file has 11 bytes, 26 expected");
  EXPECT_EQ(OpenError("a.npy", Npy("junk", "")),
            "bad .npy header at byte 0 of its text: '{' expected, found 'junk'");
}

TEST(VectorFileTest, DimsOutOfRange) {
  EXPECT_EQ(OpenError("a.npy", NpyF32(1, 0, "")), "dims 0 is not in 1 to 65536");
  EXPECT_EQ(OpenError("a.fbin", U32(1) + U32(65537)), "dims 65537 is not in 1 to 65536");
  EXPECT_EQ(OpenError("a.fvecs", U32(0)), "dims 0 is not in 1 to 65536");
  EXPECT_EQ(OpenError("a.fvecs", U32(0xffffffff)), "dims 4294967295 is not in 1 to 65536");
}

TEST(VectorFileTest, AHugeRowCountDoesNotOverflow) {
  EXPECT_EQ(OpenError("a.npy", NpyF32(UINT64_MAX / 8 + 1, 2, F32({1, 2}))),
            "truncated at row 1: the header says 2305843009213693952 rows of 8 bytes, 8 bytes "
            "follow it");
}

TEST(VectorFileTest, FbinThatDoesNotFitItsHeader) {
  EXPECT_EQ(OpenError("a.fbin", "1234"), "truncated header: the file has 4 bytes, 8 expected");
  EXPECT_EQ(OpenError("a.fbin", U32(2) + U32(2) + F32({1, 2, 3})),
            "truncated at row 1: the header says 2 rows of 8 bytes, 12 bytes follow it");
}

TEST(VectorFileTest, FvecsTruncatedAtARow) {
  EXPECT_EQ(OpenError("a.fvecs", ""), "truncated first row: the file has 0 bytes, 4 expected");
  EXPECT_EQ(OpenError("a.fvecs", FvecsRow({1, 2}) + U32(2) + F32({3})),
            "truncated at row 1: 8 of 12 bytes");
  EXPECT_EQ(OpenError("a.fvecs", FvecsRow({1, 2}) + "xy"), "truncated at row 1: 2 of 12 bytes");
}

TEST(VectorFileTest, FvecsWhoseDimsChangeIsRefusedAtTheRow) {
  EXPECT_EQ(OpenError("a.fvecs", FvecsRow({1, 2}) + FvecsRow({3, 4}) + FvecsRow({5})),
            "row 2 has 1 dims, the first row has 2");
}

TEST(VectorFileTest, FvecsWhoseDimsChangeUnseenBySizeIsRefusedWhenRead) {
  const std::string path = WriteFile("a.fvecs", FvecsRow({1, 2}) + U32(1) + F32({3, 4}));
  const VectorFile file = VectorFile::Open(path).value();
  EXPECT_TRUE(file.ReadRows(0, 1).ok());
  EXPECT_EQ(file.ReadRows(0, 2).status().message(),
            path + ": row 1 has 1 dims, the first row has 2");
}

TEST(VectorFileTest, AFileWithoutRowsIsEmptyNotBad) {
  EXPECT_EQ(VectorFile::Open(WriteFile("a.npy", NpyF32(0, 4, ""))).value().rows(), 0);
  EXPECT_EQ(VectorFile::Open(WriteFile("a.fbin", U32(0) + U32(4))).value().rows(), 0);
}

}  // namespace
}  // namespace nestor
