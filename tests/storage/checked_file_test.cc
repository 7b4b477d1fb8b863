#include "storage/checked_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "rocksdb/env.h"
#include "storage/crc32c.h"
#include "storage/fixed_width.h"
#include "tests/storage/failing_files.h"
#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

using ::testing::ElementsAre;
using testing::FailingFiles;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TempDir;

class CheckedFileTest : public ::testing::Test {
 protected:
  std::unique_ptr<CheckedFiles> Open(rocksdb::Env* env = rocksdb::Env::Default()) {
    auto files = CheckedFiles::Open(directory_.Join("files"), env);
    EXPECT_TRUE(files.ok()) << files.status();
    return *std::move(files);
  }
  std::string Bytes(const std::string& name) const {
    std::ifstream file(files_->PathOf(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void Put(const std::string& name, const std::string& bytes) const {
    std::ofstream(files_->PathOf(name), std::ios::binary | std::ios::trunc) << bytes;
  }
  // Everything that can be read of a file, section by section; or what is wrong.
  absl::StatusOr<std::vector<std::string>> ReadAll(const std::string& name) const {
    absl::StatusOr<CheckedFileReader> reader = CheckedFileReader::Open(*files_, name);
    if (!reader.ok()) return reader.status();
    std::vector<std::string> sections;
    for (const uint32_t id : {7u, 1u, 9u}) {
      std::string bytes(reader->BytesOf(id), '\0');
      const absl::Status status = reader->Read(id, bytes.data(), bytes.size());
      if (!status.ok()) return status;
      sections.push_back(bytes);
    }
    return sections;
  }
  // Three sections, one of them empty.
  absl::Status WriteThree(const std::string& name) const {
    return files_->Write(name, {{7, kFirst}, {1, ""}, {9, kLast}}).status();
  }

  const std::string kFirst = "first";
  const std::string kLast = std::string(100, 'x');
  const TempDir directory_;
  const std::unique_ptr<CheckedFiles> files_ = Open();
};

TEST_F(CheckedFileTest, SectionsComeBack) {
  ASSERT_TRUE(WriteThree("a").ok());
  const auto sections = ReadAll("a");
  ASSERT_TRUE(sections.ok()) << sections.status();
  EXPECT_THAT(*sections, ElementsAre(kFirst, "", kLast));
  const auto reader = CheckedFileReader::Open(*files_, "a");
  EXPECT_FALSE(reader->Has(2));
  char byte = 0;
  EXPECT_TRUE(absl::IsDataLoss(reader->Read(2, &byte, 1)));
  EXPECT_TRUE(absl::IsDataLoss(reader->Read(7, &byte, 1)));
}

TEST_F(CheckedFileTest, BytesAreAsDrawn) {
  const auto crc = files_->Write("a", {{7, "abc"}});
  ASSERT_TRUE(crc.ok()) << crc.status();
  EXPECT_EQ(CheckedFileReader::Open(*files_, "a")->crc(), *crc);
  const std::string bytes = Bytes("a");
  ASSERT_EQ(bytes.size(), 64u + 64 + 16);
  EXPECT_EQ(bytes.substr(0, 8), std::string("\x89NST\r\n\x1a\n"));
  EXPECT_EQ(ReadLittleEndian<uint32_t>(bytes.substr(8)), kCheckedFileFormat);
  EXPECT_EQ(ReadLittleEndian<uint32_t>(bytes.substr(12)), 1u);
  EXPECT_EQ(ReadLittleEndian<uint64_t>(bytes.substr(16)), bytes.size());
  EXPECT_EQ(ReadLittleEndian<uint32_t>(bytes.substr(24)), 7u);
  EXPECT_EQ(ReadLittleEndian<uint32_t>(bytes.substr(28)), Crc32c("abc"));
  EXPECT_EQ(ReadLittleEndian<uint64_t>(bytes.substr(32)), 64u);
  EXPECT_EQ(ReadLittleEndian<uint64_t>(bytes.substr(40)), 3u);
  EXPECT_EQ(ReadLittleEndian<uint32_t>(bytes.substr(48)), Crc32c(bytes.substr(0, 48)));
  EXPECT_EQ(bytes.substr(64, 4), std::string("abc\0", 4));
  EXPECT_EQ(bytes.substr(128), bytes.substr(16, 8) + bytes.substr(48, 4) + "TSEN");
}

TEST_F(CheckedFileTest, EveryFlippedBitIsFound) {
  ASSERT_TRUE(WriteThree("a").ok());
  const std::string good = Bytes("a");
  for (size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string damaged = good;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    Put("b", damaged);
    EXPECT_TRUE(absl::IsDataLoss(ReadAll("b").status())) << "bit " << bit;
  }
}

TEST_F(CheckedFileTest, EveryShortenedOrLengthenedFileIsFoundAndNamed) {
  ASSERT_TRUE(WriteThree("a").ok());
  const std::string good = Bytes("a");
  for (size_t size = 0; size < good.size(); ++size) {
    Put("b", good.substr(0, size));
    EXPECT_TRUE(absl::IsDataLoss(ReadAll("b").status())) << "size " << size;
  }
  Put("b", good + '\0');
  EXPECT_TRUE(absl::IsDataLoss(ReadAll("b").status()));
  EXPECT_THAT(std::string(ReadAll("b").status().message()),
              HasSubstr(absl::StrCat(files_->PathOf("b"), " is damaged: ")));
  EXPECT_TRUE(absl::IsNotFound(ReadAll("c").status()));
}

// Tables that lie, with checksums that fit.
TEST_F(CheckedFileTest, TablesThatPointElsewhereAreRefused) {
  ASSERT_TRUE(WriteThree("a").ok());
  const std::string good = Bytes("a");
  const size_t crc_at = 24 + 3 * 24;
  const auto lie = [&](size_t at, uint64_t value, size_t bytes) {
    std::string bad = good;
    for (size_t i = 0; i < bytes; ++i) bad[at + i] = static_cast<char>(value >> (8 * i));
    const uint32_t crc = Crc32c(bad.substr(0, crc_at));
    for (size_t i = 0; i < 4; ++i) {
      bad[crc_at + i] = static_cast<char>(crc >> (8 * i));
      bad[bad.size() - 8 + i] = bad[crc_at + i];
    }
    Put("b", bad);
    EXPECT_TRUE(absl::IsDataLoss(ReadAll("b").status())) << "at " << at << ": " << value;
  };
  const uint64_t sizes[] = {
      0, 1, 4, 6, 64, 1000, good.size(), uint64_t{1} << 40, ~uint64_t{0}, ~uint64_t{0} - 64};
  for (size_t section = 0; section < 3; ++section) {
    const size_t entry = 24 + 24 * section;
    for (const uint64_t value : sizes) {
      if (ReadLittleEndian<uint64_t>(good.substr(entry + 8)) != value) lie(entry + 8, value, 8);
      // An empty section says nothing about where the next begins, nor what is in it.
      const auto bytes = ReadLittleEndian<uint64_t>(good.substr(entry + 16));
      if (bytes != value) lie(entry + 16, value, 8);
    }
  }
  lie(24, 9, 4);  // two sections of one id
  for (const uint64_t count : {0u, 2u, 4u, 64u, 65u, 0xffffffffu}) lie(12, count, 4);
}

TEST_F(CheckedFileTest, PipesAndLinksAreRefusedWithoutWaiting) {
  ASSERT_EQ(WriteThree("real"), absl::OkStatus());
  ASSERT_EQ(mkfifo(files_->PathOf("pipe").c_str(), 0600), 0);
  std::filesystem::create_symlink(files_->PathOf("real"), files_->PathOf("link"));
  for (const char* name : {"pipe", "link"}) {
    const absl::Status status = ReadAll(name).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("not a regular file"));
    EXPECT_EQ(files_->SetAside(name), absl::OkStatus());
  }
}

TEST_F(CheckedFileTest, ListsRemovesAndSetsAside) {
  for (const char* name : {"b", "a", "c"}) ASSERT_TRUE(WriteThree(name).ok());
  Put("d.tmp", "half");
  EXPECT_THAT(*files_->List(), ElementsAre("a", "b", "c"));
  ASSERT_TRUE(files_->Remove("b").ok());
  ASSERT_TRUE(files_->SetAside("c").ok());
  EXPECT_THAT(*files_->List(), ElementsAre("a"));
  EXPECT_TRUE(std::filesystem::exists(files_->PathOf("c.damaged")));
  ASSERT_TRUE(files_->RemoveTemporary().ok());
  EXPECT_FALSE(std::filesystem::exists(files_->PathOf("d.tmp")));
  EXPECT_THAT(*files_->ListSetAside(), ElementsAre("c"));
  ASSERT_TRUE(files_->RemoveSetAside("c").ok());
  EXPECT_THAT(*files_->ListSetAside(), IsEmpty());
  EXPECT_FALSE(files_->Remove("b").ok());
}

// Whatever step of a write fails, there is no file under the name, and what was there is unharmed.
TEST_F(CheckedFileTest, AWriteThatFailsAtAnyStepLeavesNothing) {
  ASSERT_TRUE(WriteThree("before").ok());
  FailingFiles disk;
  const std::unique_ptr<CheckedFiles> files = Open(disk.env());
  const std::vector<FileSection> sections = {{7, kFirst}, {1, ""}, {9, kLast}};
  int steps = 0;
  for (;; ++steps) {
    const bool full = steps % 2 == 0;
    disk.FailAfter(steps, full ? rocksdb::IOStatus::NoSpace("full") : rocksdb::IOStatus::IOError());
    const absl::Status status = files->Write("new", sections).status();
    if (!disk.failed()) {
      EXPECT_TRUE(status.ok()) << status;
      break;
    }
    disk.Heal();
    EXPECT_EQ(status.code(),
              full ? absl::StatusCode::kResourceExhausted : absl::StatusCode::kUnavailable)
        << "step " << steps << ": " << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(directory_.Join("files")));
    EXPECT_THAT(*files_->List(), ElementsAre("before")) << "step " << steps;
    EXPECT_FALSE(std::filesystem::exists(files_->PathOf("new.tmp")));
    EXPECT_TRUE(ReadAll("before").ok());
  }
  EXPECT_GE(steps, 8);
  disk.Heal();
  EXPECT_TRUE(ReadAll("new").ok());
}

// Bytes that come in parts; from the second time on, with one that is another.
class Parts : public SectionSource {
 public:
  Parts(std::string all, bool change, absl::Status failure = absl::OkStatus())
      : all_(std::move(all)), change_(change), failure_(std::move(failure)) {}
  uint64_t bytes() const override { return all_.size(); }
  absl::Status Read(uint64_t offset, size_t count, char* out) override {
    all_.copy(out, count, offset);
    if (change_ && offset == 0 && times_++ > 0) ++out[0];
    return failure_;
  }

 private:
  const std::string all_;
  const bool change_;
  const absl::Status failure_;
  int times_ = 0;
};

TEST_F(CheckedFileTest, ASourceIsWrittenAsItsBytesAre) {
  const std::string large(3'000'001, 'x');
  Parts parts(large, false);
  ASSERT_TRUE(files_->Write("bytes", {{7, large}, {9, "end"}}).ok());
  ASSERT_TRUE(files_->Write("parts", {{.id = 7, .source = &parts}, {9, "end"}}).ok());
  EXPECT_EQ(Bytes("parts"), Bytes("bytes"));
}

TEST_F(CheckedFileTest, ASourceThatFailsOrChangesLeavesNoFile) {
  Parts failing("abc", false, absl::UnavailableError("gone"));
  EXPECT_EQ(files_->Write("file", {{.id = 7, .source = &failing}}).status(),
            absl::UnavailableError("gone"));
  Parts changing("abc", true);
  EXPECT_THAT(files_->Write("file", {{.id = 7, .source = &changing}}).status().message(),
              HasSubstr("section 7 changed meanwhile"));
  EXPECT_THAT(*files_->List(), IsEmpty());
}

TEST_F(CheckedFileTest, ASectionCanBeReadInParts) {
  ASSERT_TRUE(files_->Write("file", {{7, "first"}, {9, "0123456789"}}).ok());
  const CheckedFileReader reader = CheckedFileReader::Open(*files_, "file").value();
  EXPECT_TRUE(reader.Check(9).ok());
  const SectionFile section = reader.OpenSection(9).value();
  EXPECT_EQ(section.bytes(), 10u);
  std::string part(4, '\0');
  ASSERT_TRUE(files_->Remove("file").ok());
  ASSERT_TRUE(section.Read(6, 4, part.data()).ok());
  EXPECT_EQ(part, "6789");
  EXPECT_TRUE(absl::IsDataLoss(section.Read(7, 4, part.data())));
  EXPECT_TRUE(absl::IsDataLoss(section.Read(uint64_t{1} << 63, 4, part.data())));
  EXPECT_TRUE(absl::IsDataLoss(reader.OpenSection(8).status()));
}

TEST_F(CheckedFileTest, CheckFindsADamagedSection) {
  ASSERT_TRUE(files_->Write("file", {{7, "first"}, {9, "0123456789"}}).ok());
  std::string bytes = Bytes("file");
  ++bytes[bytes.find("456")];
  Put("file", bytes);
  const CheckedFileReader reader = CheckedFileReader::Open(*files_, "file").value();
  EXPECT_TRUE(reader.Check(7).ok());
  EXPECT_THAT(reader.Check(9).message(), HasSubstr("checksum mismatch of section 9"));
  EXPECT_THAT(reader.Check(8).message(), HasSubstr("no section 8"));
}

}  // namespace
}  // namespace nestor
