#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "rocksdb/env.h"
#include "storage/checked_file.h"
#include "storage/checked_file_layout.h"
#include "storage/crc32c.h"
#include "storage/fixed_width.h"
#include "storage/rocksdb_status.h"
#include "storage/status_macros.h"

namespace nestor {

using checked_file::Aligned;
using checked_file::CrcOf;
using checked_file::CrcOffset;
using checked_file::kAlignment;
using checked_file::kChunkBytes;
using checked_file::kCrcBytes;
using checked_file::kEntryBytes;
using checked_file::kFixedBytes;
using checked_file::kFooterBytes;
using checked_file::kMagic;
using checked_file::kZeros;
using checked_file::MakeFooter;

CheckedFileReader::CheckedFileReader(std::string path,
                                     std::unique_ptr<rocksdb::RandomAccessFile> file)
    : path_(std::move(path)), file_(std::move(file)) {}
CheckedFileReader::CheckedFileReader(CheckedFileReader&&) noexcept = default;
CheckedFileReader& CheckedFileReader::operator=(CheckedFileReader&&) noexcept = default;
CheckedFileReader::~CheckedFileReader() = default;

absl::StatusOr<CheckedFileReader> CheckedFileReader::Open(const CheckedFiles& files,
                                                          absl::string_view name) {
  std::string path = files.PathOf(name);
  // Opening a pipe would wait for somebody to write. (A file system in memory has no such entries.)
  struct stat entry {};
  if (lstat(path.c_str(), &entry) == 0 && !S_ISREG(entry.st_mode)) {
    return absl::DataLossError(absl::StrCat(path, " is damaged: it is not a regular file"));
  }
  std::unique_ptr<rocksdb::RandomAccessFile> file;
  const rocksdb::Status status =
      files.env()->NewRandomAccessFile(path, &file, rocksdb::EnvOptions());
  if (status.IsNotFound() || status.IsPathNotFound()) {
    return absl::NotFoundError(absl::StrCat("no file ", path));
  }
  if (!status.ok()) return FromRocksDb(status, absl::StrCat("open ", path));
  uint64_t file_bytes = 0;
  if (const rocksdb::Status sized = files.env()->GetFileSize(path, &file_bytes); !sized.ok()) {
    return FromRocksDb(sized, absl::StrCat("open ", path));
  }
  return Open(std::move(path), std::move(file), file_bytes);
}

absl::StatusOr<CheckedFileReader> CheckedFileReader::Open(
    std::string path, std::unique_ptr<rocksdb::RandomAccessFile> file, uint64_t bytes) {
  CheckedFileReader reader(std::move(path), std::move(file));
  NESTOR_RETURN_IF_ERROR(reader.ReadHeader(bytes));
  return reader;
}

absl::Status CheckedFileReader::ReadHeader(uint64_t file_bytes) {
  if (file_bytes < kFixedBytes + kCrcBytes + kFooterBytes) {
    return Damaged(absl::StrCat("only ", file_bytes, " bytes"));
  }
  std::string header(kFixedBytes, '\0');
  NESTOR_RETURN_IF_ERROR(ReadAt(0, header.data(), header.size()));
  if (header.substr(0, kMagic.size()) != kMagic)
    return Damaged("it does not begin like one of ours");
  const auto format = ReadLittleEndian<uint32_t>(absl::string_view(header).substr(8));
  if (format != kCheckedFileFormat) {
    return Damaged(absl::StrCat("format ", format, " is not ", kCheckedFileFormat));
  }
  const auto sections = ReadLittleEndian<uint32_t>(absl::string_view(header).substr(12));
  const auto claimed = ReadLittleEndian<uint64_t>(absl::string_view(header).substr(16));
  if (claimed != file_bytes) {
    return Damaged(absl::StrCat(file_bytes, " bytes where its header says ", claimed));
  }
  const uint64_t first = Aligned(kFixedBytes + kEntryBytes * uint64_t{sections} + kCrcBytes);
  if (sections > kMaxFileSections || first + kFooterBytes > file_bytes) {
    return Damaged(absl::StrCat(sections, " sections in ", file_bytes, " bytes"));
  }
  // What was checked is not read again: it might be something else by now.
  header.resize(first);
  NESTOR_RETURN_IF_ERROR(
      ReadAt(kFixedBytes, header.data() + kFixedBytes, header.size() - kFixedBytes));
  return ReadTable(header, file_bytes);
}

absl::Status CheckedFileReader::ReadTable(absl::string_view header, uint64_t file_bytes) {
  const auto count = ReadLittleEndian<uint32_t>(header.substr(12));
  const size_t crc_at = CrcOffset(header);
  crc_ = CrcOf(header);
  if (crc_ != Crc32c(header.substr(0, crc_at))) return Damaged("checksum mismatch of the header");
  if (header.find_first_not_of('\0', crc_at + kCrcBytes) != absl::string_view::npos) {
    return Damaged("its header is not followed by zeros");
  }
  std::string footer(kFooterBytes, '\0');
  NESTOR_RETURN_IF_ERROR(ReadAt(file_bytes - kFooterBytes, footer.data(), footer.size()));
  if (footer != MakeFooter(header)) return Damaged("its end is not that of its header");

  const uint64_t limit = file_bytes - kFooterBytes;
  uint64_t end = header.size();
  for (size_t i = 0; i < count; ++i) {
    const absl::string_view entry = header.substr(kFixedBytes + kEntryBytes * i, kEntryBytes);
    Section section;
    section.id = ReadLittleEndian<uint32_t>(entry);
    section.crc = ReadLittleEndian<uint32_t>(entry.substr(4));
    section.offset = ReadLittleEndian<uint64_t>(entry.substr(8));
    section.bytes = ReadLittleEndian<uint64_t>(entry.substr(16));
    if (section.offset != end || section.bytes > limit - end || Find(section.id) != nullptr) {
      return Damaged(absl::StrCat("section ", section.id, " is not where it can be"));
    }
    section.end = end = Aligned(end + section.bytes);
    if (end > limit)
      return Damaged(absl::StrCat("section ", section.id, " reaches beyond its end"));
    sections_.push_back(section);
  }
  if (end != limit) return Damaged("there is something behind its sections");
  return absl::OkStatus();
}

uint64_t CheckedFileReader::BytesOf(uint32_t id) const {
  const Section* section = Find(id);
  return section == nullptr ? 0 : section->bytes;
}

absl::Status CheckedFileReader::Read(uint32_t id, void* out, size_t bytes) const {
  const Section* section = Find(id);
  if (section == nullptr) return Damaged(absl::StrCat("no section ", id));
  if (section->bytes != bytes) {
    return Damaged(absl::StrCat("section ", id, " has ", section->bytes, " bytes, not ", bytes));
  }
  char* to = static_cast<char*>(out);
  NESTOR_RETURN_IF_ERROR(ReadAt(section->offset, to, bytes));
  return CheckEnd(*section, Crc32c({to, bytes}));
}

absl::Status CheckedFileReader::Check(
    uint32_t id, size_t unit, absl::FunctionRef<absl::Status(absl::string_view)> look) const {
  const Section* section = Find(id);
  if (section == nullptr) return Damaged(absl::StrCat("no section ", id));
  const size_t chunk = std::max(unit, kChunkBytes / unit * unit);
  std::vector<char> buffer(std::min<uint64_t>(chunk, section->bytes));
  uint32_t crc = 0;
  for (uint64_t begin = 0; begin < section->bytes; begin += buffer.size()) {
    const size_t count = std::min<uint64_t>(buffer.size(), section->bytes - begin);
    NESTOR_RETURN_IF_ERROR(ReadAt(section->offset + begin, buffer.data(), count));
    crc = Crc32c({buffer.data(), count}, crc);
    NESTOR_RETURN_IF_ERROR(look({buffer.data(), count}));
  }
  return CheckEnd(*section, crc);
}

absl::StatusOr<SectionFile> CheckedFileReader::OpenSection(uint32_t id) const {
  const Section* section = Find(id);
  if (section == nullptr) return Damaged(absl::StrCat("no section ", id));
  return SectionFile(path_, file_, section->offset, section->bytes, section->crc);
}

// What is the same for all ways to read a section: its checksum and the zeros behind it.
absl::Status CheckedFileReader::CheckEnd(const Section& section, uint32_t crc) const {
  if (crc != section.crc) {
    return Damaged(absl::StrCat("checksum mismatch of section ", section.id));
  }
  char zeros[kAlignment];
  const uint64_t end = section.offset + section.bytes;
  const size_t padding = section.end - end;
  NESTOR_RETURN_IF_ERROR(ReadAt(end, zeros, padding));
  if (!std::equal(zeros, zeros + padding, kZeros)) {
    return Damaged(absl::StrCat("section ", section.id, " is not followed by zeros"));
  }
  return absl::OkStatus();
}

absl::Status CheckedFileReader::ReadAt(uint64_t offset, char* out, size_t bytes) const {
  for (size_t begin = 0; begin < bytes;) {
    const size_t wanted = std::min(kChunkBytes, bytes - begin);
    rocksdb::Slice got;
    const rocksdb::Status status = file_->Read(offset + begin, wanted, &got, out + begin);
    if (!status.ok()) return FromRocksDb(status, absl::StrCat("read ", path_));
    if (got.size() != wanted) return Damaged("it is shorter than it was");
    if (got.data() != out + begin) std::copy_n(got.data(), got.size(), out + begin);
    begin += wanted;
  }
  return absl::OkStatus();
}

absl::Status CheckedFileReader::Damaged(absl::string_view what) const {
  return absl::DataLossError(absl::StrCat(path_, " is damaged: ", what));
}

const CheckedFileReader::Section* CheckedFileReader::Find(uint32_t id) const {
  const auto it = std::find_if(sections_.begin(), sections_.end(),
                               [id](const Section& section) { return section.id == id; });
  return it == sections_.end() ? nullptr : &*it;
}

}  // namespace nestor
