#ifndef NESTOR_TESTS_TIDY_SOURCE_FILE_H_
#define NESTOR_TESTS_TIDY_SOURCE_FILE_H_

#include <string>
#include <string_view>
#include <vector>

namespace nestor::tidy {

struct SourceFile {
  std::string path;  // from the root of the repository
  std::string text;
};

// A text in two layers of the same length, with the same line ends.
struct Split {
  std::string code;      // comments, strings and character literals blanked
  std::string comments;  // everything but comments blanked
};

struct Include {
  int line;
  std::string header;
};

Split SplitText(std::string_view text);

std::vector<std::string> Lines(std::string_view text);

// Every #include that starts a line, in order.
std::vector<Include> IncludesOf(const SourceFile& file);

// Letters, digits and underscores make words.
bool IsWord(char c);

// Where the word that ends before `end` starts; `end` itself if there is none.
size_t WordStart(std::string_view text, size_t end);

}  // namespace nestor::tidy

#endif  // NESTOR_TESTS_TIDY_SOURCE_FILE_H_
