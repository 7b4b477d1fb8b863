#ifndef NESTOR_BENCHMARKS_DATA_FILES_CONTENT_HASH_H_
#define NESTOR_BENCHMARKS_DATA_FILES_CONTENT_HASH_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct XXH3_state_s;

namespace nestor::bench {

// The XXH3-128 of bytes that come in pieces: what tells one data file from another. It is no
// protection against someone who wants two files to have the same.
//
// Thread safety: none.
class ContentHash {
 public:
  ContentHash();

  void Add(absl::string_view bytes);

  // Of all bytes so far: 32 lower-case hex digits, the high half first, as `xxh128sum` prints it.
  std::string Hex() const;

 private:
  struct Freer {
    void operator()(XXH3_state_s* state) const;
  };
  std::unique_ptr<XXH3_state_s, Freer> state_;
};

// The hash of a file's bytes, read in blocks. The errors of client/input_file.h.
absl::StatusOr<std::string> HashFile(const std::string& path);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_DATA_FILES_CONTENT_HASH_H_
