#include "client/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace nestor {
namespace {

constexpr size_t kReadBytes = 256 << 10;

absl::Status SystemError(const std::string& path) {
  const int error = errno;
  const std::string message = absl::StrCat(path, ": ", std::strerror(error));
  return error == ENOENT ? absl::NotFoundError(message) : absl::FailedPreconditionError(message);
}

}  // namespace

absl::StatusOr<InputFile> InputFile::Open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return SystemError(path);
  return InputFile(descriptor, path);
}

InputFile::InputFile(InputFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

InputFile& InputFile::operator=(InputFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}

InputFile::~InputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

absl::StatusOr<uint64_t> InputFile::Size() const {
  struct stat info;
  if (::fstat(descriptor_, &info) != 0) return SystemError(path_);
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(path_, ": is not a regular file"));
  }
  return static_cast<uint64_t>(info.st_size);
}

absl::Status InputFile::ReadAt(uint64_t offset, std::string& out) const {
  size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = ::pread(descriptor_, out.data() + done, out.size() - done,
                                static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError(path_);
    if (got == 0) {
      return absl::DataLossError(absl::StrCat(path_, ": ends at byte ", offset + done,
                                              "; bytes up to ", offset + out.size(), " expected"));
    }
    done += static_cast<size_t>(got);
  }
  return absl::OkStatus();
}

absl::Status InputFile::ReadMore(size_t count, std::string& out) {
  const size_t before = out.size();
  out.resize(before + count);
  ssize_t got = 0;
  do {
    got = ::read(descriptor_, out.data() + before, count);
  } while (got < 0 && errno == EINTR);
  out.resize(before + static_cast<size_t>(std::max<ssize_t>(got, 0)));
  return got < 0 ? SystemError(path_) : absl::OkStatus();
}

absl::StatusOr<LineReader> LineReader::Open(const std::string& path) {
  absl::StatusOr<InputFile> file = InputFile::Open(path);
  if (!file.ok()) return file.status();
  return LineReader(*std::move(file));
}

absl::StatusOr<std::optional<absl::string_view>> LineReader::Next() {
  size_t searched = begin_;
  while (true) {
    const size_t end = buffer_.find('\n', searched);
    const size_t length = std::min(end, buffer_.size()) - begin_;
    if (length > kMaxLineBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat(path(), ":", line_ + 1, ": line is longer than ", kMaxLineBytes, " bytes"));
    }
    if (end != std::string::npos) {
      const absl::string_view found(buffer_.data() + begin_, length);
      begin_ = end + 1;
      ++line_;
      return found;
    }
    absl::StatusOr<bool> more = Refill();
    if (!more.ok()) return more.status();
    if (!*more) break;
    searched = length;  // Refill moved the line to the front
  }
  if (begin_ == buffer_.size()) return std::nullopt;
  const absl::string_view last = absl::string_view(buffer_).substr(begin_);
  begin_ = buffer_.size();
  ++line_;
  return last;
}

absl::StatusOr<bool> LineReader::Refill() {
  buffer_.erase(0, begin_);
  begin_ = 0;
  const size_t before = buffer_.size();
  if (absl::Status status = file_.ReadMore(kReadBytes, buffer_); !status.ok()) return status;
  return buffer_.size() > before;
}

}  // namespace nestor
