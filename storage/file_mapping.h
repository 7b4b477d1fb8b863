#ifndef NESTOR_STORAGE_FILE_MAPPING_H_
#define NESTOR_STORAGE_FILE_MAPPING_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"

namespace nestor {

// A part of a file in the address space: its pages are in memory while there is room for them. Goes
// on when the file is removed.
//
// A disk that fails under a mapping ends a process by SIGBUS. ReadMapped and Copy take the signal
// for what it is, an error of a read; the first FileMapping sets a handler, which leaves every
// other SIGBUS to the one that was there before.
//
// Thread safety: thread-safe.
class FileMapping {
 public:
  // Bytes begin to begin + bytes of a file that is there. UnavailableError naming it.
  static absl::StatusOr<std::shared_ptr<const FileMapping>> Map(const std::string& path,
                                                                uint64_t begin, uint64_t bytes);
  ~FileMapping();
  FileMapping(const FileMapping&) = delete;
  FileMapping& operator=(const FileMapping&) = delete;

  // What is mapped, to be read within ReadMapped.
  const char* data() const { return data_; }
  // Copies `count` bytes from `offset` on; false if they cannot be read. REQUIRES: they are mapped.
  bool Copy(uint64_t offset, size_t count, void* out) const;
  // Asks for them to be in memory soon. False, after next to no time, if first and last are there.
  bool ReadAhead(uint64_t offset, size_t count) const;
  // Asks for them to be in the cache soon, if they are in memory.
  void Prefetch(uint64_t offset, size_t count) const;

 private:
  FileMapping(char* mapped, size_t mapped_bytes, const char* data)
      : mapped_(mapped), mapped_bytes_(mapped_bytes), data_(data) {}

  char* const mapped_;  // whole pages
  const size_t mapped_bytes_;
  const char* const data_;
};

// Calls `read`, which reads mapped bytes. False if some of them cannot be read: `read` was then
// left where it was, without any destructor. REQUIRES: nothing in `read` needs one, or calls this.
bool ReadMapped(absl::FunctionRef<void()> read);

}  // namespace nestor

#endif  // NESTOR_STORAGE_FILE_MAPPING_H_
