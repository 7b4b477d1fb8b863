#include "benchmarks/data_files/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

absl::Status SystemError(const std::string& path) {
  return absl::UnavailableError(absl::StrCat("cannot write ", path, ": ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<OutputFile>> OutputFile::Create(const std::string& path) {
  // Two processes may write the same file at once: the last one to finish wins, whole.
  const std::string temporary = absl::StrCat(path, ".tmp.", ::getpid());
  const int descriptor =
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);  // less the umask
  if (descriptor < 0) return SystemError(path);
  return absl::WrapUnique(new OutputFile(descriptor, path, temporary));
}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) std::remove(temporary_.c_str());
}

absl::Status OutputFile::Append(absl::string_view bytes) {
  hash_.Add(bytes);
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError(path_);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> OutputFile::Finish() {
  if (::close(std::exchange(descriptor_, -1)) != 0) return SystemError(path_);
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return SystemError(path_);
  temporary_.clear();
  return hash_.Hex();
}

absl::Status WriteWholeFile(const std::string& path, absl::string_view bytes) {
  NESTOR_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> file, OutputFile::Create(path));
  NESTOR_RETURN_IF_ERROR(file->Append(bytes));
  return file->Finish().status();
}

}  // namespace nestor::bench
