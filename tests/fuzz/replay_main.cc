// Runs every target on its saved corpus: `replay_corpus FOLDER`, where FOLDER/<target>/ holds one
// input in each file. Fails if a target has no input, or a folder no target; a broken promise ends
// the process, after the name of the file.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

#include "tests/fuzz/fuzz_target.h"

namespace nestor::testing {
namespace {

namespace fs = std::filesystem;

// Sorted; empty if there is no such folder.
std::vector<fs::path> EntriesOf(const fs::path& folder) {
  std::error_code ignored;
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) entries.push_back(entry.path());
  std::sort(entries.begin(), entries.end());
  return entries;
}

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool Replay(const FuzzTarget& target, const fs::path& folder) {
  const std::vector<fs::path> inputs = EntriesOf(folder);
  for (const fs::path& input : inputs) {
    std::printf("%s\n", input.c_str());
    std::fflush(stdout);
    target.run(ReadFile(input));
  }
  if (inputs.empty()) std::printf("no inputs in %s\n", folder.c_str());
  return !inputs.empty();
}

bool ReplayAll(const fs::path& corpus) {
  bool good = true;
  for (const FuzzTarget& target : FuzzTargets()) good &= Replay(target, corpus / target.name);
  for (const fs::path& folder : EntriesOf(corpus)) {
    if (FindFuzzTarget(folder.filename().string()) != nullptr) continue;
    std::printf("no target is called as %s\n", folder.c_str());
    good = false;
  }
  return good;
}

}  // namespace
}  // namespace nestor::testing

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: replay_corpus FOLDER\n");
    return 2;
  }
  return nestor::testing::ReplayAll(argv[1]) ? 0 : 1;
}
