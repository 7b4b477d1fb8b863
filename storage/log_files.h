#ifndef NESTOR_STORAGE_LOG_FILES_H_
#define NESTOR_STORAGE_LOG_FILES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace nestor {

// One of RocksDB's write-ahead logs: <number>.log.
struct LogFile {
  uint64_t number = 0;
  std::string path;
};

// Those in `directory`, in the order in which they were written. UnavailableError if it cannot be
// listed.
absl::StatusOr<std::vector<LogFile>> ListLogFiles(const std::string& directory);

}  // namespace nestor

#endif  // NESTOR_STORAGE_LOG_FILES_H_
