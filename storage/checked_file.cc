#include "storage/checked_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "rocksdb/env.h"
#include "storage/check.h"
#include "storage/crash_point.h"
#include "storage/crc32c.h"
#include "storage/directory.h"
#include "storage/fixed_width.h"
#include "storage/rocksdb_status.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr absl::string_view kMagic("\x89NST\r\n\x1a\n", 8);
constexpr absl::string_view kEnd = "TSEN";
constexpr size_t kFixedBytes = 24;  // before the table
constexpr size_t kEntryBytes = 24;
constexpr size_t kCrcBytes = 4;
constexpr size_t kFooterBytes = 16;
constexpr size_t kAlignment = 64;
constexpr size_t kWriteBytes = size_t{1} << 20;  // of one write
constexpr uint64_t kReservedBytes = uint64_t{64} << 20;
constexpr char kZeros[kAlignment] = {};

constexpr absl::string_view kTemporary = ".tmp";
constexpr absl::string_view kDamaged = ".damaged";

uint64_t Aligned(uint64_t offset) { return (offset + kAlignment - 1) / kAlignment * kAlignment; }

// Everything before the first section, padding included.
std::string MakeHeader(absl::Span<const FileSection> sections) {
  const uint64_t header_bytes = kFixedBytes + kEntryBytes * sections.size() + kCrcBytes;
  std::string table;
  uint64_t end = Aligned(header_bytes);
  for (const FileSection& section : sections) {
    AppendLittleEndian(section.id, &table);
    AppendLittleEndian(Crc32c(section.bytes), &table);
    AppendLittleEndian(end, &table);
    AppendLittleEndian(uint64_t{section.bytes.size()}, &table);
    end = Aligned(end + section.bytes.size());
  }
  std::string header(kMagic);
  AppendLittleEndian(kCheckedFileFormat, &header);
  AppendLittleEndian(static_cast<uint32_t>(sections.size()), &header);
  AppendLittleEndian(end + kFooterBytes, &header);
  header += table;
  AppendLittleEndian(Crc32c(header), &header);
  header.resize(Aligned(header.size()));
  return header;
}

size_t CrcOffset(absl::string_view header) {
  return kFixedBytes + kEntryBytes * ReadLittleEndian<uint32_t>(header.substr(12));
}
uint32_t CrcOf(absl::string_view header) {
  return ReadLittleEndian<uint32_t>(header.substr(CrcOffset(header)));
}

// The same numbers as in the header, at the end: a file that was cut short has none.
std::string MakeFooter(absl::string_view header) {
  return absl::StrCat(header.substr(16, 8), header.substr(CrcOffset(header), kCrcBytes), kEnd);
}

// Adds `bytes` at *offset. What was written goes to the disk at once: in one burst at the end it
// would hold up the syncs of commits.
rocksdb::Status AppendAll(rocksdb::WritableFile& file, absl::string_view bytes, uint64_t* offset) {
  for (size_t begin = 0; begin < bytes.size(); begin += kWriteBytes) {
    const absl::string_view chunk = bytes.substr(begin, kWriteBytes);
    rocksdb::Status status = file.Append(ToSlice(chunk));
    if (status.ok()) status = file.RangeSync(*offset, chunk.size());
    if (!status.ok()) return status;
    *offset += chunk.size();
  }
  return rocksdb::Status::OK();
}

// Content and footer into an open file, down to the disk.
rocksdb::Status WriteContent(rocksdb::WritableFile& file, absl::string_view header,
                             absl::Span<const FileSection> sections) {
  uint64_t offset = 0;
  rocksdb::Status status = AppendAll(file, header, &offset);
  ReachCrashPoint(CrashPoint::kFileHalfWritten);
  for (const FileSection& section : sections) {
    if (status.ok()) status = AppendAll(file, section.bytes, &offset);
    const size_t size = section.bytes.size();
    if (status.ok()) status = AppendAll(file, {kZeros, Aligned(size) - size}, &offset);
  }
  if (status.ok()) status = AppendAll(file, MakeFooter(header), &offset);
  ReachCrashPoint(CrashPoint::kFileWritten);
  if (status.ok()) status = file.Sync();
  if (status.ok()) status = file.Close();
  return status;
}

}  // namespace

absl::StatusOr<std::unique_ptr<CheckedFiles>> CheckedFiles::Open(const std::string& directory,
                                                                 rocksdb::Env* env) {
  if (env == nullptr) {
    env = rocksdb::Env::Default();
    NESTOR_RETURN_IF_ERROR(CreateDirectories(directory));
  } else if (const rocksdb::Status status = env->CreateDirIfMissing(directory); !status.ok()) {
    return FromRocksDb(status, absl::StrCat("create ", directory));
  }
  return std::unique_ptr<CheckedFiles>(new CheckedFiles(directory, env));
}

std::string CheckedFiles::PathOf(absl::string_view name) const {
  return absl::StrCat(directory_, "/", name);
}

absl::StatusOr<uint32_t> CheckedFiles::Write(absl::string_view name,
                                             absl::Span<const FileSection> sections) const {
  NESTOR_CHECK(sections.size() <= kMaxFileSections);
  const std::string path = PathOf(name);
  const std::string temporary = absl::StrCat(path, kTemporary);
  const std::string header = MakeHeader(sections);
  absl::Status status = WriteTemporary(temporary, header, sections);
  if (status.ok()) {
    ReachCrashPoint(CrashPoint::kFileSynced);
    const rocksdb::Status renamed = env_->RenameFile(temporary, path);
    if (!renamed.ok()) status = FromRocksDb(renamed, absl::StrCat("rename ", temporary));
  }
  if (!status.ok()) {
    env_->DeleteFile(temporary).PermitUncheckedError();  // or at the next start
    return status;
  }
  ReachCrashPoint(CrashPoint::kFileRenamed);
  status = SyncDirectory();
  if (!status.ok()) {
    env_->DeleteFile(path).PermitUncheckedError();
    return status;
  }
  ReachCrashPoint(CrashPoint::kFileDurable);
  return CrcOf(header);
}

absl::Status CheckedFiles::WriteTemporary(const std::string& path, absl::string_view header,
                                          absl::Span<const FileSection> sections) const {
  NESTOR_RETURN_IF_ERROR(CheckSpace(path, ReadLittleEndian<uint64_t>(header.substr(16))));
  std::unique_ptr<rocksdb::WritableFile> file;
  rocksdb::Status status = env_->NewWritableFile(path, &file, rocksdb::EnvOptions());
  ReachCrashPoint(CrashPoint::kFileCreated);
  if (status.ok()) status = WriteContent(*file, header, sections);
  return status.ok() ? absl::OkStatus() : FromRocksDb(status, absl::StrCat("write ", path));
}

// What is derived must not take the last space from what is not.
absl::Status CheckedFiles::CheckSpace(const std::string& path, uint64_t bytes) const {
  uint64_t free_bytes = 0;
  const rocksdb::Status status = env_->GetFreeSpace(directory_, &free_bytes);
  if (!status.ok() || free_bytes >= bytes + kReservedBytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("cannot write ", path, ": it takes ", bytes,
                                                   " bytes of ", free_bytes, " that are free, and ",
                                                   kReservedBytes, " must stay free"));
}

absl::Status CheckedFiles::Remove(absl::string_view name) const {
  ReachCrashPoint(CrashPoint::kBeforeRemoveFile);
  const std::string path = PathOf(name);
  const rocksdb::Status status = env_->DeleteFile(path);
  if (!status.ok()) return FromRocksDb(status, absl::StrCat("remove ", path));
  return SyncDirectory();
}

absl::Status CheckedFiles::SetAside(absl::string_view name) const {
  const std::string path = PathOf(name);
  const rocksdb::Status status = env_->RenameFile(path, absl::StrCat(path, kDamaged));
  if (!status.ok()) return FromRocksDb(status, absl::StrCat("rename ", path));
  ReachCrashPoint(CrashPoint::kFileSetAside);
  return SyncDirectory();
}

absl::StatusOr<std::vector<std::string>> CheckedFiles::List() const {
  NESTOR_ASSIGN_OR_RETURN(std::vector<std::string> names, Names());
  std::erase_if(names, [](const std::string& name) {
    return absl::EndsWith(name, kTemporary) || absl::EndsWith(name, kDamaged);
  });
  return names;
}

absl::StatusOr<std::vector<std::string>> CheckedFiles::ListSetAside() const {
  NESTOR_ASSIGN_OR_RETURN(std::vector<std::string> names, Names());
  std::erase_if(names, [](const std::string& name) { return !absl::EndsWith(name, kDamaged); });
  for (std::string& name : names) name.resize(name.size() - kDamaged.size());
  return names;
}

absl::Status CheckedFiles::RemoveSetAside(absl::string_view name) const {
  return Remove(absl::StrCat(name, kDamaged));
}

absl::Status CheckedFiles::RemoveTemporary() const {
  NESTOR_ASSIGN_OR_RETURN(const std::vector<std::string> names, Names());
  for (const std::string& name : names) {
    if (absl::EndsWith(name, kTemporary)) NESTOR_RETURN_IF_ERROR(Remove(name));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> CheckedFiles::Names() const {
  std::vector<std::string> names;
  const rocksdb::Status status = env_->GetChildren(directory_, &names);
  if (!status.ok()) return FromRocksDb(status, absl::StrCat("list ", directory_));
  std::erase_if(names, [](const std::string& name) { return name == "." || name == ".."; });
  std::sort(names.begin(), names.end());
  return names;
}

absl::Status CheckedFiles::SyncDirectory() const {
  std::unique_ptr<rocksdb::Directory> directory;
  rocksdb::Status status = env_->NewDirectory(directory_, &directory);
  if (status.ok()) status = directory->Fsync();
  return status.ok() ? absl::OkStatus() : FromRocksDb(status, absl::StrCat("sync ", directory_));
}

CheckedFileReader::CheckedFileReader(std::string path,
                                     std::unique_ptr<rocksdb::RandomAccessFile> file)
    : path_(std::move(path)), file_(std::move(file)) {}
CheckedFileReader::CheckedFileReader(CheckedFileReader&&) = default;
CheckedFileReader& CheckedFileReader::operator=(CheckedFileReader&&) = default;
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
  if (Crc32c({to, bytes}) != section->crc) {
    return Damaged(absl::StrCat("checksum mismatch of section ", id));
  }
  char zeros[kAlignment];
  const size_t padding = section->end - section->offset - bytes;
  NESTOR_RETURN_IF_ERROR(ReadAt(section->offset + bytes, zeros, padding));
  if (!std::equal(zeros, zeros + padding, kZeros)) {
    return Damaged(absl::StrCat("section ", id, " is not followed by zeros"));
  }
  return absl::OkStatus();
}

absl::Status CheckedFileReader::ReadAt(uint64_t offset, char* out, size_t bytes) const {
  for (size_t begin = 0; begin < bytes;) {
    const size_t wanted = std::min(kWriteBytes, bytes - begin);
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
