#ifndef NESTOR_STORAGE_DESCRIPTOR_FILE_H_
#define NESTOR_STORAGE_DESCRIPTOR_FILE_H_

#include <cstddef>
#include <cstdint>

#include "rocksdb/env.h"

namespace nestor {

// A file that was opened by a descriptor instead of a path, as RocksDB reads files.
//
// Thread safety: thread-safe.
class DescriptorFile final : public rocksdb::RandomAccessFile {
 public:
  // Takes `descriptor` over.
  explicit DescriptorFile(int descriptor) : descriptor_(descriptor) {}
  ~DescriptorFile() override;
  DescriptorFile(const DescriptorFile&) = delete;
  DescriptorFile& operator=(const DescriptorFile&) = delete;

  int descriptor() const { return descriptor_; }
  // Fewer than `bytes` only at the end of the file.
  rocksdb::Status Read(uint64_t offset, size_t bytes, rocksdb::Slice* result,
                       char* scratch) const override;

 private:
  const int descriptor_;
};

}  // namespace nestor

#endif  // NESTOR_STORAGE_DESCRIPTOR_FILE_H_
