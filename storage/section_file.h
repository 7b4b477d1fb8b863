#ifndef NESTOR_STORAGE_SECTION_FILE_H_
#define NESTOR_STORAGE_SECTION_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "storage/file_mapping.h"

namespace rocksdb {
class RandomAccessFile;
}  // namespace rocksdb

namespace nestor {

// A section of a checked file that stays there, to be read in parts. What is read is not checked:
// whoever does it has to know what is right. Goes on when the file is removed.
//
// Thread safety: thread-safe.
class SectionFile {
 public:
  uint64_t bytes() const { return bytes_; }
  // Copies `count` bytes from `offset` on. UnavailableError when the disk fails, DataLossError when
  // there are fewer.
  absl::Status Read(uint64_t offset, size_t count, char* out) const;
  // All of its bytes, to be read within ReadMapped; null if the file system has no mappings.
  const char* mapped() const { return mapping_ == nullptr ? nullptr : mapping_->data(); }
  // Reads all of it once, in order. DataLossError if it is not as it was written, UnavailableError.
  absl::Status Check() const;
  // See FileMapping; nothing without a mapping.
  void Prefetch(uint64_t offset, size_t count) const;
  bool ReadAhead(uint64_t offset, size_t count) const;

 private:
  friend class CheckedFileReader;
  SectionFile(std::string path, std::shared_ptr<rocksdb::RandomAccessFile> file, uint64_t begin,
              uint64_t bytes, uint32_t crc);

  std::string path_;
  std::shared_ptr<rocksdb::RandomAccessFile> file_;
  std::shared_ptr<const FileMapping> mapping_;  // null in a file system that is not the real one
  uint64_t begin_;
  uint64_t bytes_;
  uint32_t crc_;
};

}  // namespace nestor

#endif  // NESTOR_STORAGE_SECTION_FILE_H_
