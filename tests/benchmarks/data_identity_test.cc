#include "benchmarks/data_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "benchmarks/data_files/content_hash.h"
#include "tests/benchmarks/bench_files.h"
#include "tests/client/test_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::RandomMatrix;
using nestor::testing::WriteFbin;
using nestor::testing::WriteFile;
using ::testing::HasSubstr;

// A gen.json beside the files of this process that lists `hash`; removed at the end.
class Mark {
 public:
  explicit Mark(const std::string& hash)
      : path_(WriteFile("gen.json", absl::StrCat(R"({"format":1,"command":"gen","profile":"text",)",
                                                 R"("seed":7,"files":{"base":")", hash, "\"}}"))) {}
  ~Mark() { std::filesystem::remove(path_); }
  Mark(const Mark&) = delete;
  Mark& operator=(const Mark&) = delete;

 private:
  const std::string path_;
};

TEST(DataIdentityTest, SaysWhichDataItIs) {
  const std::string base = WriteFbin("base.fbin", RandomMatrix(5, 3, 1));
  const std::string queries = WriteFbin("queries.fbin", RandomMatrix(2, 3, 2));
  const Json json = DataJson(*IdentifyData(base, queries), Metric::kL2);
  EXPECT_EQ(json["base"], "base.fbin");
  EXPECT_EQ(json["queries"], "queries.fbin");
  EXPECT_EQ(json["rows"], 5);
  EXPECT_EQ(json["dims"], 3);
  EXPECT_EQ(json["query_count"], 2);
  EXPECT_EQ(json["metric"], "l2");
  EXPECT_EQ(json["base_hash"], *HashFile(base));
  EXPECT_EQ(json["queries_hash"], *HashFile(queries));
  EXPECT_EQ(json["synthetic"], false);
  EXPECT_FALSE(json.contains("profile"));
}

TEST(DataIdentityTest, GeneratedDataIsCalledSynthetic) {
  const std::string base = WriteFbin("base.fbin", RandomMatrix(5, 3, 1));
  const Mark mark(*HashFile(base));
  const Json json = DataJson(*IdentifyData(base, base), Metric::kCosine);
  EXPECT_EQ(json["synthetic"], true);
  EXPECT_EQ(json["profile"], "text");
  EXPECT_EQ(json["seed"], 7);
}

TEST(DataIdentityTest, DataBesideGeneratedDataIsNotSynthetic) {
  const std::string base = WriteFbin("base.fbin", RandomMatrix(5, 3, 1));
  const Mark mark(*HashFile(WriteFbin("other.fbin", RandomMatrix(5, 3, 2))));
  EXPECT_EQ(DataJson(*IdentifyData(base, base), Metric::kCosine)["synthetic"], false);
}

TEST(DataIdentityTest, ADamagedMarkIsAnErrorThatNamesIt) {
  const std::string base = WriteFbin("base.fbin", RandomMatrix(5, 3, 1));
  const std::string mark = WriteFile("gen.json", "{");
  EXPECT_THAT(std::string(IdentifyData(base, base).status().message()), HasSubstr(mark));
  std::filesystem::remove(mark);
}

TEST(DataIdentityTest, FilesOfDifferentDimsDoNotFit) {
  const absl::Status status = IdentifyData(WriteFbin("base.fbin", RandomMatrix(5, 3, 1)),
                                           WriteFbin("queries.fbin", RandomMatrix(2, 4, 2)))
                                  .status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("has 3 dims"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("has 4"));
}

}  // namespace
}  // namespace nestor::bench
