#include "benchmarks/data_files/convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "benchmarks/data_files/content_hash.h"
#include "benchmarks/data_identity.h"
#include "benchmarks/float_matrix.h"
#include "benchmarks/int_file.h"
#include "tests/benchmarks/bench_files.h"
#include "tests/benchmarks/data_files/hdf5_file.h"
#include "tests/benchmarks/run_nestor_bench.h"
#include "tests/client/test_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::BenchOutcome;
using nestor::testing::MakeMatrix;
using nestor::testing::Npy;
using nestor::testing::RandomMatrix;
using nestor::testing::RunNestorBench;
using nestor::testing::U32;
using nestor::testing::WriteFbin;
using nestor::testing::WriteFile;
using nestor::testing::WriteHdf5;
using nestor::testing::WriteIvecs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A path in the folder of this process where no file is.
std::string Out(const std::string& name) {
  std::string path = WriteFile(name, "");
  std::filesystem::remove(path);
  return path;
}

void ExpectConverted(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "convert");
  const BenchOutcome outcome = RunNestorBench(arguments);
  EXPECT_EQ(outcome.exit_code, kExitOk) << outcome.err;
}

// `what` is part of the message; nothing may be left at the second argument.
void ExpectRefused(std::vector<std::string> arguments, const std::string& what) {
  const std::string out = arguments[1];
  arguments.insert(arguments.begin(), "convert");
  const BenchOutcome outcome = RunNestorBench(arguments);
  EXPECT_EQ(outcome.exit_code, kExitUsage) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr(what));
  EXPECT_FALSE(std::filesystem::exists(out));
}

FloatMatrix Vectors(const std::string& path) { return *ReadFloatMatrix(path, 0, Metric::kDot); }

TEST(ConvertTest, VectorsGoThroughAllFormatsUnchanged) {
  const FloatMatrix matrix = MakeMatrix({{1, 2, 3}, {40, 50, 60}});
  std::string path = WriteFbin("a.fbin", matrix);
  for (const char* name : {"a.fvecs", "a.npy", "a.bvecs", "b.fbin"}) {
    const std::string next = Out(name);
    ExpectConverted({path, next});
    EXPECT_EQ(Vectors(next).values, matrix.values) << name;
    path = next;
  }
}

TEST(ConvertTest, IntegersGoThroughAllFormatsUnchanged) {
  std::string path = WriteIvecs("a.ivecs", {{1, -2}, {3, 4}});
  for (const char* name : {"i.ibin", "i.npy", "i.ivecs"}) {
    const std::string next = Out(name);
    ExpectConverted({path, next});
    EXPECT_THAT(ReadIntMatrix(next)->values, ElementsAre(1, -2, 3, 4)) << name;
    path = next;
  }
}

TEST(ConvertTest, HalfPrecisionBecomesSingle) {
  const std::string out = Out("half.fvecs");
  ExpectConverted(
      {WriteFile("h.npy", Npy("{'descr': '<f2', 'fortran_order': False, 'shape': (1, 2), }   \n",
                              std::string("\x00\x3c\x00\xc0", 4))),
       out});
  EXPECT_THAT(Vectors(out).values, ElementsAre(1, -2));
}

TEST(ConvertTest, APrefixAndTheFirstRowsCanBeCutOut) {
  const std::string in = WriteFbin("a.fbin", MakeMatrix({{3, 4, 5}, {6, 8, 9}, {1, 1, 1}}));
  const std::string out = Out("cut.npy");
  ExpectConverted({in, out, "--dims", "2", "--rows", "2"});
  EXPECT_THAT(Vectors(out).values, ElementsAre(3, 4, 6, 8));
  ExpectConverted({in, out, "--dims", "2", "--rows", "2", "--normalize"});
  EXPECT_THAT(Vectors(out).values, ElementsAre(0.6F, 0.8F, 0.6F, 0.8F));
}

TEST(ConvertTest, AFileLargerThanABlockComesOutWhole) {
  const FloatMatrix matrix = RandomMatrix(300, 16384, 1);  // more than 4 Mi numbers
  const std::string out = Out("large.fvecs");
  ExpectConverted({WriteFbin("large.fbin", matrix), out});
  EXPECT_EQ(Vectors(out).values, matrix.values);
  std::filesystem::remove(out);
}

TEST(ConvertTest, Hdf5GivesVectorsAndNeighbours) {
  const FloatMatrix matrix = MakeMatrix({{1, 2}, {3, 4}});
  const std::string in = WriteHdf5("a.hdf5", matrix, {{1, 0}, {0, 1}});
  const std::string vectors = Out("train.npy");
  ExpectConverted({in, vectors});
  EXPECT_EQ(Vectors(vectors).values, matrix.values);
  const std::string neighbours = Out("neighbours.npy");
  ExpectConverted({in, neighbours, "--dataset", "neighbors", "--rows", "1"});
  EXPECT_THAT(ReadIntMatrix(neighbours)->values, ElementsAre(1, 0));
  const std::string bytes = Out("integers.bvecs");
  ExpectConverted({in, bytes, "--dataset", "neighbors"});
  EXPECT_THAT(Vectors(bytes).values, ElementsAre(1, 0, 0, 1));
}

TEST(ConvertTest, WhatWasMadeOfSyntheticDataIsSynthetic) {
  const std::string in = WriteFbin("a.fbin", RandomMatrix(3, 4, 1));
  const std::string mark =
      WriteFile("a.fbin.gen.json", absl::StrCat(R"({"format":1,"command":"gen","profile":"text",)",
                                                R"("files":{"a.fbin":")", *HashFile(in), "\"}}"));
  for (const std::string& out : {Out("synthetic.npy"), in}) {  // in place, too
    ExpectConverted({in, out, "--dims", "2"});
    const auto data = IdentifyData(out, out);
    ASSERT_TRUE(data.ok()) << data.status();
    ASSERT_TRUE(data->generated.has_value()) << out;
    EXPECT_EQ((*data->generated)["profile"], "text");
  }
  std::filesystem::remove(mark);
}

TEST(ConvertTest, WhatDoesNotGoTogetherIsRefused) {
  const std::string floats = WriteFbin("a.fbin", RandomMatrix(3, 4, 1));
  const std::string ints = WriteIvecs("a.ivecs", {{1, 2}});
  ExpectRefused({floats, Out("o.ivecs")}, "vectors are written to");
  ExpectRefused({ints, Out("o.fvecs")}, "integers are written to");
  ExpectRefused({floats, Out("o.hdf5")}, "vectors are written to");
  ExpectRefused({floats, Out("o.bvecs")}, "which is no byte");
  ExpectRefused({floats, Out("o.npy"), "--dims", "5"}, "has 4 dims, --dims asks for 5");
  ExpectRefused({floats, Out("o.npy"), "--rows", "4"}, "has 3 rows, --rows asks for 4");
  ExpectRefused({floats, Out("o.npy"), "--dataset", "train"}, "--dataset is for HDF5");
  ExpectRefused({ints, Out("o.npy"), "--normalize"}, "--normalize is for vectors");
}

TEST(ConvertTest, DamagedInputIsRefused) {
  const std::string shape = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  ExpectRefused({WriteFile("d.npy", "short"), Out("o.npy")}, "d.npy");
  ExpectRefused({WriteFile("d.npy", Npy(shape + "4000000000, 60000), }\n", "x")), Out("o.npy")},
                "truncated at row 0");
  ExpectRefused({WriteFile("d.npy", Npy(shape + "0, 4), }\n", "")), Out("o.npy")}, "no numbers");
  ExpectRefused({WriteFile("d.fbin", U32(4'000'000'000U) + U32(60'000)), Out("o.npy")},
                "truncated at row 0");
  ExpectRefused({WriteFile("d.ibin", U32(4'000'000'000U) + U32(4'000'000'000U)), Out("o.npy")},
                "do not hold 4000000000 x 4000000000");
  ExpectRefused({WriteFile("d.ivecs", U32(0)), Out("o.npy")}, "no numbers");
  ExpectRefused({WriteFile("d.bvecs", U32(7) + "x"), Out("o.npy")}, "truncated");
  ExpectRefused({WriteFile("d.hdf5", "x"), Out("o.npy")}, "is not an HDF5 file");
  ExpectRefused({WriteFile("d.txt", "x"), Out("o.npy")}, "d.txt");
}

TEST(ConvertTest, AnInt64ThatIsNoInt32IsRefused) {
  const std::string in =
      WriteFile("wide.npy", Npy("{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }   \n",
                                U32(1) + U32(0) + U32(0) + U32(1)));
  ExpectRefused({in, Out("o.ivecs")}, "row 1 has 4294967296");
}

TEST(ConvertTest, AMissingFileIsExitCode1) {
  const BenchOutcome outcome = RunNestorBench({"convert", "/nonexistent/a.npy", "o.npy"});
  EXPECT_EQ(outcome.exit_code, kExitFailed);
  EXPECT_THAT(outcome.err, HasSubstr("/nonexistent/a.npy"));
}

}  // namespace
}  // namespace nestor::bench
