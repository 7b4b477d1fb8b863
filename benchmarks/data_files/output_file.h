#ifndef NESTOR_BENCHMARKS_DATA_FILES_OUTPUT_FILE_H_
#define NESTOR_BENCHMARKS_DATA_FILES_OUTPUT_FILE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "benchmarks/data_files/content_hash.h"

namespace nestor::bench {

// A file written from its first byte to its last. It grows under another name in the same folder
// and gets its own at the end, so that nobody takes a half-written file for a whole one; until then
// an older file of that name stays. Without Finish() nothing remains.
//
// Errors are UNAVAILABLE, with the name of the file and the system's reason.
//
// Thread safety: none.
class OutputFile {
 public:
  static absl::StatusOr<std::unique_ptr<OutputFile>> Create(const std::string& path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  const std::string& path() const { return path_; }

  // Not buffered: call it with kilobytes.
  absl::Status Append(absl::string_view bytes);

  // The content hash of what was appended so far.
  std::string Hash() const { return hash_.Hex(); }

  // Puts the file under its name; answers the content hash. Call at most once, and nothing after.
  absl::StatusOr<std::string> Finish();

 private:
  OutputFile(int descriptor, const std::string& path, const std::string& temporary)
      : descriptor_(descriptor), path_(path), temporary_(temporary) {}

  int descriptor_;
  const std::string path_;
  std::string temporary_;  // empty when it has its name
  ContentHash hash_;
};

// A file of these bytes, by the same rules.
absl::Status WriteWholeFile(const std::string& path, absl::string_view bytes);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_DATA_FILES_OUTPUT_FILE_H_
