#include "benchmarks/process_memory.h"

#include <malloc.h>

#include <fstream>
#include <iterator>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace nestor::bench {
namespace {

// These files have no size, so they are read to their end.
std::string ReadProcFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

uint64_t HexNumber(absl::string_view text) {
  uint64_t number = 0;
  return absl::SimpleHexAtoi(text, &number) ? number : 0;
}

}  // namespace

uint64_t AnonymousBytes() {
  malloc_trim(0);
  return AnonymousBytesIn(ReadProcFile("/proc/self/status"));
}

uint64_t MappedBytes(const std::string& directory) {
  return MappedBytesIn(ReadProcFile("/proc/self/maps"), directory);
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

// A line is "begin-end permissions offset device inode path", begin and end in hex.
uint64_t MappedBytesIn(absl::string_view maps, absl::string_view directory) {
  const std::string below = absl::StrCat(" ", directory, "/");
  uint64_t bytes = 0;
  for (const absl::string_view line : absl::StrSplit(maps, '\n')) {
    if (!absl::StrContains(line, below)) continue;
    const std::vector<absl::string_view> range =
        absl::StrSplit(line.substr(0, line.find(' ')), '-');
    if (range.size() == 2) bytes += HexNumber(range[1]) - HexNumber(range[0]);
  }
  return bytes;
}

}  // namespace nestor::bench
