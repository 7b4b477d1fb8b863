#include "storage/descriptor_file.h"

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace nestor {

DescriptorFile::~DescriptorFile() { close(descriptor_); }

rocksdb::Status DescriptorFile::Read(uint64_t offset, size_t bytes, rocksdb::Slice* result,
                                     char* scratch) const {
  size_t done = 0;
  while (done < bytes) {
    const ssize_t got =
        pread(descriptor_, scratch + done, bytes - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return rocksdb::Status::IOError(std::generic_category().message(errno));
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  *result = {scratch, done};
  return rocksdb::Status::OK();
}

}  // namespace nestor
