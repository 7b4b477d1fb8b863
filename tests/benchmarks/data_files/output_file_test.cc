#include "benchmarks/data_files/output_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "benchmarks/data_files/content_hash.h"
#include "benchmarks/temporary_directory.h"

namespace nestor::bench {
namespace {

using ::testing::HasSubstr;

class OutputFileTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return folder_->path() + "/" + name; }

  size_t FilesInTheFolder() const {
    const std::filesystem::directory_iterator files(folder_->path());
    return std::distance(begin(files), end(files));
  }

  static std::string Read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  const std::unique_ptr<TemporaryDirectory> folder_ = *TemporaryDirectory::Create();
};

TEST_F(OutputFileTest, HoldsWhatWasAppendedAndAnswersItsHash) {
  const auto file = *OutputFile::Create(Path("a"));
  ASSERT_TRUE(file->Append("one ").ok());
  ASSERT_TRUE(file->Append("two").ok());
  const std::string hash = *file->Finish();
  EXPECT_EQ(hash, *HashFile(Path("a")));
  EXPECT_EQ(Read(Path("a")), "one two");
  EXPECT_EQ(FilesInTheFolder(), 1);
}

TEST_F(OutputFileTest, WithoutFinishTheOlderFileStaysAndNothingElse) {
  std::ofstream(Path("a")) << "older";
  {
    const auto file = *OutputFile::Create(Path("a"));
    ASSERT_TRUE(file->Append("half").ok());
  }
  EXPECT_EQ(Read(Path("a")), "older");
  EXPECT_EQ(FilesInTheFolder(), 1);
}

TEST_F(OutputFileTest, AFolderThatIsNotThereIsAnErrorWithTheName) {
  const absl::Status status = OutputFile::Create(Path("missing/a")).status();
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("missing/a"));
}

TEST_F(OutputFileTest, AFullDiskIsAnErrorWithTheName) {
  // /dev/full takes no byte; the file grows beside it, so a link stands for the growing file.
  const std::string growing = Path("a") + ".tmp." + std::to_string(::getpid());
  std::filesystem::create_symlink("/dev/full", growing);
  const auto file = *OutputFile::Create(Path("a"));
  const absl::Status status = file->Append("x");
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr(Path("a")));
}

}  // namespace
}  // namespace nestor::bench
