#ifndef NESTOR_CLIENT_INPUT_FILE_H_
#define NESTOR_CLIENT_INPUT_FILE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace nestor {

// A file open for reading. Errors name the file and carry the system's reason: NOT_FOUND when it
// does not exist, otherwise FAILED_PRECONDITION or DATA_LOSS.
//
// Thread safety: const methods may be called from any thread.
class InputFile {
 public:
  static absl::StatusOr<InputFile> Open(const std::string& path);
  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&& other) noexcept;
  ~InputFile();

  const std::string& path() const { return path_; }

  // FAILED_PRECONDITION when it is not a regular file (a pipe has no size).
  absl::StatusOr<uint64_t> Size() const;

  // Fills `out` with its size in bytes from `offset`. DATA_LOSS when the file ends before.
  absl::Status ReadAt(uint64_t offset, std::string& out) const;

  // Appends up to `count` bytes from where the last call ended; nothing at the end of the file.
  absl::Status ReadMore(size_t count, std::string& out);

 private:
  InputFile(int descriptor, const std::string& path) : descriptor_(descriptor), path_(path) {}

  int descriptor_ = -1;
  std::string path_;
};

inline constexpr size_t kMaxLineBytes = 4 << 20;

// The lines of a file of any length (or of a pipe), one at a time in a buffer of one line.
//
// Thread safety: none; one thread at a time.
class LineReader {
 public:
  static absl::StatusOr<LineReader> Open(const std::string& path);

  const std::string& path() const { return file_.path(); }
  // The number of the line that Next() returned last; the first one is 1.
  uint64_t line() const { return line_; }

  // The next line without its newline, valid until the next call; nullopt at the end of the file.
  // INVALID_ARGUMENT when a line is longer than kMaxLineBytes.
  absl::StatusOr<std::optional<absl::string_view>> Next();

 private:
  explicit LineReader(InputFile file) : file_(std::move(file)) {}

  // Drops what was returned and reads more; false at the end of the file.
  absl::StatusOr<bool> Refill();

  InputFile file_;
  std::string buffer_;
  size_t begin_ = 0;  // of the next line in buffer_
  uint64_t line_ = 0;
};

}  // namespace nestor

#endif  // NESTOR_CLIENT_INPUT_FILE_H_
