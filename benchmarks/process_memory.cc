#include "benchmarks/process_memory.h"

#include <malloc.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace nestor::bench {
namespace {

// These files have no size, so they are read to their end.
std::string ReadProcFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

uint64_t AnonymousBytes() {
  malloc_trim(0);
  return AnonymousBytesIn(ReadProcFile("/proc/self/status"));
}

// A line is "RssAnon:      1234 kB".
uint64_t AnonymousBytesIn(absl::string_view status) {
  for (const absl::string_view line : absl::StrSplit(status, '\n')) {
    if (!absl::StartsWith(line, "RssAnon:")) continue;
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    uint64_t kib = 0;
    return words.size() == 3 && absl::SimpleAtoi(words[1], &kib) ? kib << 10 : 0;
  }
  return 0;
}

}  // namespace nestor::bench
