#ifndef NESTOR_BENCHMARKS_TEMPORARY_DIRECTORY_H_
#define NESTOR_BENCHMARKS_TEMPORARY_DIRECTORY_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace nestor::bench {

// An empty directory under TMPDIR (or /tmp), removed with all that is in it at the end.
class TemporaryDirectory {
 public:
  // UnavailableError with the system's reason.
  static absl::StatusOr<std::unique_ptr<TemporaryDirectory>> Create();
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_TEMPORARY_DIRECTORY_H_
