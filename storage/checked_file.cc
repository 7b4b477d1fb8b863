#include "storage/checked_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "rocksdb/env.h"
#include "storage/check.h"
#include "storage/checked_file_layout.h"
#include "storage/crash_point.h"
#include "storage/crc32c.h"
#include "storage/directory.h"
#include "storage/fixed_width.h"
#include "storage/rocksdb_status.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

using checked_file::Aligned;
using checked_file::CrcOf;
using checked_file::kChunkBytes;
using checked_file::kCrcBytes;
using checked_file::kEntryBytes;
using checked_file::kFixedBytes;
using checked_file::kFooterBytes;
using checked_file::kMagic;
using checked_file::kZeros;
using checked_file::MakeFooter;

constexpr uint64_t kReservedBytes = uint64_t{64} << 20;
constexpr absl::string_view kTemporary = ".tmp";
constexpr absl::string_view kDamaged = ".damaged";

uint64_t BytesOf(const FileSection& section) {
  return section.source == nullptr ? section.bytes.size() : section.source->bytes();
}

// Calls visit(chunk) for the bytes of a section, in order, until it fails.
template <typename Visit>
absl::Status ForEachChunk(const FileSection& section, Visit visit) {
  std::vector<char> buffer;
  const uint64_t bytes = BytesOf(section);
  for (uint64_t begin = 0; begin < bytes; begin += kChunkBytes) {
    const size_t count = std::min<uint64_t>(kChunkBytes, bytes - begin);
    absl::string_view chunk;
    if (section.source == nullptr) {
      chunk = section.bytes.substr(begin, count);
    } else {
      buffer.resize(count);
      NESTOR_RETURN_IF_ERROR(section.source->Read(begin, count, buffer.data()));
      chunk = {buffer.data(), count};
    }
    NESTOR_RETURN_IF_ERROR(visit(chunk));
  }
  return absl::OkStatus();
}

absl::StatusOr<uint32_t> CrcOfSection(const FileSection& section) {
  uint32_t crc = 0;
  NESTOR_RETURN_IF_ERROR(ForEachChunk(section, [&](absl::string_view chunk) {
    crc = Crc32c(chunk, crc);
    return absl::OkStatus();
  }));
  return crc;
}

// Everything before the first section, padding included.
absl::StatusOr<std::string> MakeHeader(absl::Span<const FileSection> sections) {
  const uint64_t header_bytes = kFixedBytes + kEntryBytes * sections.size() + kCrcBytes;
  std::string table;
  uint64_t end = Aligned(header_bytes);
  for (const FileSection& section : sections) {
    AppendLittleEndian(section.id, &table);
    NESTOR_ASSIGN_OR_RETURN(const uint32_t crc, CrcOfSection(section));
    AppendLittleEndian(crc, &table);
    AppendLittleEndian(end, &table);
    AppendLittleEndian(BytesOf(section), &table);
    end = Aligned(end + BytesOf(section));
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

// Adds to a file. What was written goes to the disk at once: in one burst at the end it would hold
// up the syncs of commits.
class Appender {
 public:
  Appender(rocksdb::WritableFile& file, const std::string& path) : file_(file), path_(path) {}

  absl::Status Append(absl::string_view bytes) {
    rocksdb::Status status = file_.Append(ToSlice(bytes));
    if (status.ok()) status = file_.RangeSync(offset_, bytes.size());
    offset_ += bytes.size();
    return Result(status);
  }
  absl::Status AppendSection(const FileSection& section, uint32_t expected_crc) {
    uint32_t crc = 0;
    NESTOR_RETURN_IF_ERROR(ForEachChunk(section, [&](absl::string_view chunk) {
      crc = Crc32c(chunk, crc);
      return Append(chunk);
    }));
    if (crc != expected_crc) {
      return absl::InternalError(
          absl::StrCat("write ", path_, ": section ", section.id, " changed meanwhile"));
    }
    return Append({kZeros, Aligned(offset_) - offset_});
  }
  absl::Status Finish() {
    NESTOR_RETURN_IF_ERROR(Result(file_.Sync()));
    return Result(file_.Close());
  }

 private:
  absl::Status Result(const rocksdb::Status& status) const {
    return status.ok() ? absl::OkStatus() : FromRocksDb(status, absl::StrCat("write ", path_));
  }

  rocksdb::WritableFile& file_;
  const std::string& path_;
  uint64_t offset_ = 0;
};

// Content and footer into an open file, down to the disk.
absl::Status WriteContent(absl::string_view header, absl::Span<const FileSection> sections,
                          Appender* file) {
  NESTOR_RETURN_IF_ERROR(file->Append(header));
  ReachCrashPoint(CrashPoint::kFileHalfWritten);
  for (size_t i = 0; i < sections.size(); ++i) {
    const absl::string_view entry = header.substr(kFixedBytes + kEntryBytes * i, kEntryBytes);
    NESTOR_RETURN_IF_ERROR(
        file->AppendSection(sections[i], ReadLittleEndian<uint32_t>(entry.substr(4))));
  }
  NESTOR_RETURN_IF_ERROR(file->Append(MakeFooter(header)));
  ReachCrashPoint(CrashPoint::kFileWritten);
  return file->Finish();
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
  NESTOR_ASSIGN_OR_RETURN(const std::string header, MakeHeader(sections));
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
  const rocksdb::Status status = env_->NewWritableFile(path, &file, rocksdb::EnvOptions());
  ReachCrashPoint(CrashPoint::kFileCreated);
  if (!status.ok()) return FromRocksDb(status, absl::StrCat("write ", path));
  Appender appender(*file, path);
  return WriteContent(header, sections, &appender);
}

// What is derived must not take the last space from what is not.
absl::Status CheckedFiles::CheckSpace(const std::string& path, uint64_t bytes) const {
  if (HasRoomFor(bytes)) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(
      "cannot write ", path, ": it takes ", bytes, " bytes of ", FreeBytes().value_or(0),
      " that are free, and ", kReservedBytes, " must stay free"));
}

bool CheckedFiles::HasRoomFor(uint64_t bytes) const {
  const absl::StatusOr<uint64_t> free_bytes = FreeBytes();
  return !free_bytes.ok() || *free_bytes >= bytes + kReservedBytes;
}

absl::StatusOr<uint64_t> CheckedFiles::FreeBytes() const {
  uint64_t free_bytes = 0;
  const rocksdb::Status status = env_->GetFreeSpace(directory_, &free_bytes);
  if (!status.ok()) return FromRocksDb(status, absl::StrCat("free space of ", directory_));
  return free_bytes;
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

}  // namespace nestor
