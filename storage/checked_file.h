#ifndef NESTOR_STORAGE_CHECKED_FILE_H_
#define NESTOR_STORAGE_CHECKED_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/section_file.h"

namespace rocksdb {
class Env;
class RandomAccessFile;
}  // namespace rocksdb

// Files of numbered sections of which not one byte may change unnoticed: what is derived from the
// store and kept so that it need not be derived again. Integers are little-endian.
//
//    0        8            12              16             24
//   +--------+------------+---------------+--------------+-------------------------------------+
//   | magic  | format:u32 | sections:u32  | bytes:u64    | table: 24 bytes for each section    |
//   +--------+------------+---------------+--------------+-------------------------------------+
//   | crc32c:u32 of all that is before | zeros, up to a multiple of 64                         |
//   +----------------------------------+-------------------------------------------------------+
//   | section, from a multiple of 64   | zeros | section | zeros | ...                         |
//   +----------------------------------+-------------------------------------------------------+
//   | bytes:u64 | crc32c:u32 of the header, again | "TSEN"                                     |
//   +-----------+--------------------------------+---------------------------------------------+
//
//   magic    89 'N' 'S' 'T' 0d 0a 1a 0a: a transfer as text would change it
//   bytes    of the whole file
//   table    by ascending offset: id:u32, crc32c:u32, offset:u64, bytes:u64

namespace nestor {

inline constexpr uint32_t kCheckedFileFormat = 1;
inline constexpr size_t kMaxFileSections = 64;

// What a section too large for memory is made of.
class SectionSource {
 public:
  virtual ~SectionSource() = default;
  virtual uint64_t bytes() const = 0;
  // The `count` bytes from `offset` on. Asked for all of them in order, twice: first for their
  // checksum, which the header has, then to be written. Both times they must be the same.
  virtual absl::Status Read(uint64_t offset, size_t count, char* out) = 0;
};

struct FileSection {
  uint32_t id = 0;
  absl::string_view bytes = {};
  SectionSource* source = nullptr;  // in place of `bytes`
};

// One directory of checked files.
//
// Names are ours and have no '/'. Errors: UnavailableError when the disk fails, ResourceExhausted
// when it is full, or would be so full that little is left for others; all name the file.
//
// Thread safety: thread-safe, as long as each name is used by one thread at a time.
class CheckedFiles {
 public:
  // Creates the directory if it is missing. `env` is the file system, which must outlive this;
  // null: the real one.
  static absl::StatusOr<std::unique_ptr<CheckedFiles>> Open(const std::string& directory,
                                                            rocksdb::Env* env = nullptr);

  // Durable under its name when it returns OK; otherwise there is no file of that name. The bytes
  // go to a temporary name first and are synced there. Returns the checksum of the header, which
  // stands for all that is in the file. Errors of a section's source are passed on.
  // REQUIRES: at most kMaxFileSections sections, each with another id; no file has the name.
  absl::StatusOr<uint32_t> Write(absl::string_view name,
                                 absl::Span<const FileSection> sections) const;
  absl::Status Remove(absl::string_view name) const;
  // Out of the way, but there for whoever wants to know what happened: as `name`.damaged.
  absl::Status SetAside(absl::string_view name) const;
  // Files under a name of their own: none that are temporary or set aside.
  absl::StatusOr<std::vector<std::string>> List() const;
  // Those that were set aside, by the name they had.
  absl::StatusOr<std::vector<std::string>> ListSetAside() const;
  absl::Status RemoveSetAside(absl::string_view name) const;
  // Of the disk that they are on.
  absl::StatusOr<uint64_t> FreeBytes() const;
  // Whether Write begins a file of so many bytes.
  bool HasRoomFor(uint64_t bytes) const;
  // What writes that were cut short have left behind. REQUIRES: nobody writes.
  absl::Status RemoveTemporary() const;

  std::string PathOf(absl::string_view name) const;
  rocksdb::Env* env() const { return env_; }

 private:
  CheckedFiles(std::string directory, rocksdb::Env* env)
      : directory_(std::move(directory)), env_(env) {}

  absl::Status WriteTemporary(const std::string& path, absl::string_view header,
                              absl::Span<const FileSection> sections) const;
  absl::Status CheckSpace(const std::string& path, uint64_t bytes) const;
  absl::Status SyncDirectory() const;
  absl::StatusOr<std::vector<std::string>> Names() const;

  const std::string directory_;
  rocksdb::Env* const env_;
};

// Reads one of them. A file may be anything, of anyone: nothing in it is believed before it is
// checked, and no size that it claims is allocated beyond the size that it has.
//
// Thread safety: none.
class CheckedFileReader {
 public:
  // Checks the header, the footer, and that sections lie in the file one behind the other.
  // NotFoundError if there is no such file, DataLossError naming it and what is wrong.
  static absl::StatusOr<CheckedFileReader> Open(const CheckedFiles& files, absl::string_view name);
  // The same of a file that is open already and has `bytes` bytes. `path` is how errors call it.
  static absl::StatusOr<CheckedFileReader> Open(std::string path,
                                                std::unique_ptr<rocksdb::RandomAccessFile> file,
                                                uint64_t bytes);
  CheckedFileReader(CheckedFileReader&&) noexcept;
  CheckedFileReader& operator=(CheckedFileReader&&) noexcept;
  ~CheckedFileReader();

  bool Has(uint32_t id) const { return Find(id) != nullptr; }
  // 0 if there is none.
  uint64_t BytesOf(uint32_t id) const;
  // Reads the whole section into out[0..bytes). DataLossError if there is none, it has another
  // size, or it or the zeros behind it are not as they were written.
  absl::Status Read(uint32_t id, void* out, size_t bytes) const;
  // Reads a section and keeps nothing of it. Errors as Read, and those of `look`, which is given
  // all its bytes in order, a multiple of `unit` at a time, before it is known that they are right.
  absl::Status Check(uint32_t id, size_t unit = 1,
                     absl::FunctionRef<absl::Status(absl::string_view)> look = LookAway) const;
  // DataLossError if there is none.
  absl::StatusOr<SectionFile> OpenSection(uint32_t id) const;

  const std::string& path() const { return path_; }
  uint32_t crc() const { return crc_; }  // what Write returned

 private:
  struct Section {
    uint32_t id = 0;
    uint32_t crc = 0;
    uint64_t offset = 0;
    uint64_t bytes = 0;
    uint64_t end = 0;  // of the zeros behind it
  };

  static absl::Status LookAway(absl::string_view) { return absl::OkStatus(); }

  CheckedFileReader(std::string path, std::unique_ptr<rocksdb::RandomAccessFile> file);
  absl::Status ReadHeader(uint64_t file_bytes);
  absl::Status ReadTable(absl::string_view header, uint64_t file_bytes);
  absl::Status ReadAt(uint64_t offset, char* out, size_t bytes) const;
  absl::Status CheckEnd(const Section& section, uint32_t crc) const;
  absl::Status Damaged(absl::string_view what) const;
  const Section* Find(uint32_t id) const;

  std::string path_;
  std::shared_ptr<rocksdb::RandomAccessFile> file_;
  std::vector<Section> sections_;
  uint32_t crc_ = 0;
};

}  // namespace nestor

#endif  // NESTOR_STORAGE_CHECKED_FILE_H_
