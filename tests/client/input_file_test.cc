#include "client/input_file.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/client/test_files.h"

namespace nestor {
namespace {

using testing::WriteFile;

std::vector<std::string> Lines(const std::string& bytes) {
  LineReader reader = LineReader::Open(WriteFile("lines", bytes)).value();
  std::vector<std::string> lines;
  while (true) {
    const std::optional<absl::string_view> line = reader.Next().value();
    if (!line.has_value()) return lines;
    lines.emplace_back(*line);
    EXPECT_EQ(reader.line(), lines.size());
  }
}

TEST(InputFileTest, SaysWhichFileIsMissing) {
  const absl::Status status = InputFile::Open("/no/such/file").status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_EQ(status.message(), "/no/such/file: No such file or directory");
}

TEST(InputFileTest, ReadingBeyondTheEndIsDataLoss) {
  const InputFile file = InputFile::Open(WriteFile("short", "abc")).value();
  std::string bytes(4, '\0');
  EXPECT_TRUE(absl::IsDataLoss(file.ReadAt(1, bytes)));
}

TEST(InputFileTest, AFolderHasNoSize) {
  const InputFile folder = InputFile::Open(::testing::TempDir()).value();
  EXPECT_TRUE(absl::IsFailedPrecondition(folder.Size().status()));
}

TEST(LineReaderTest, TheLastLineNeedsNoNewline) {
  using Strings = std::vector<std::string>;
  EXPECT_EQ(Lines(""), Strings{});
  EXPECT_EQ(Lines("a\nb\n"), (Strings{"a", "b"}));
  EXPECT_EQ(Lines("a\n\nb"), (Strings{"a", "", "b"}));
}

TEST(LineReaderTest, LinesMayBeLongerThanOneRead) {
  const std::string one(700'000, 'x'), two(300'000, 'y');
  EXPECT_EQ(Lines(one + "\n" + two + "\nz"), (std::vector<std::string>{one, two, "z"}));
}

TEST(LineReaderTest, RefusesALineBeyondTheLimit) {
  const std::string path = WriteFile("long", "a\n" + std::string(kMaxLineBytes + 1, 'x'));
  LineReader reader = LineReader::Open(path).value();
  ASSERT_TRUE(reader.Next().ok());
  EXPECT_EQ(reader.Next().status().message(), path + ":2: line is longer than 4194304 bytes");
}

}  // namespace
}  // namespace nestor
