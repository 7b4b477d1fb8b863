#ifndef NESTOR_TESTS_TIDY_CHECKER_H_
#define NESTOR_TESTS_TIDY_CHECKER_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/source_file.h"

namespace nestor::tidy {

// A folder and what its files may include. The C++ and POSIX headers are open to all.
struct Layer {
  std::string folder;               // a file belongs to the longest folder that matches
  std::vector<std::string> ours;    // which of our folders it may include, besides itself
  std::vector<std::string> theirs;  // which headers of others, by prefix; "*" is any
};

struct Rules {
  std::vector<Layer> layers;
  std::vector<std::string> not_system;  // look like system headers, and are not open to all
  std::vector<std::string>
      one_file_libraries;  // header prefixes: at most one file of engine, a .cc
  int max_lines = 0;       // of a file of the product
};

// Holds a tree of source files against the rules.
class Checker {
 public:
  Checker(Rules rules, std::vector<SourceFile> files);

  // One line for each violation, as "path:line: what". Call once.
  std::vector<std::string> Run();

 private:
  void CheckIncludes(const SourceFile& file);
  void CheckOneFileLibraries(const SourceFile& file);
  void CheckOwnHeaderFirst(const SourceFile& file);
  void CheckGuard(const SourceFile& file);
  void CheckLength(const SourceFile& file);
  void CheckWords(const SourceFile& file, const Split& split);
  void CheckNew(const SourceFile& file, std::string_view code);

  const Layer* LayerOf(std::string_view path) const;
  bool MayInclude(const Layer& layer, const std::string& header) const;
  void Report(const std::string& path, int line, const std::string& what);

  const Rules rules_;
  const std::vector<SourceFile> files_;
  std::set<std::string> paths_;
  std::map<std::string, std::set<std::string>>
      users_;  // library -> files of engine that include it
  std::vector<std::string> violations_;
};

}  // namespace nestor::tidy

#endif  // NESTOR_TESTS_TIDY_CHECKER_H_
