#include "tests/tidy/source_file.h"

#include <algorithm>
#include <cctype>

namespace nestor::tidy {

bool IsWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

size_t WordStart(std::string_view text, size_t end) {
  while (end > 0 && IsWord(text[end - 1])) --end;
  return end;
}

namespace {

// One past the end of the literal that starts with the quote at `open`.
size_t LiteralEnd(std::string_view text, size_t open) {
  if (text[open] == '"' && open > 0 && text[open - 1] == 'R') {
    const size_t paren = text.find('(', open);
    const std::string close = ")" + std::string(text.substr(open + 1, paren - open - 1)) + "\"";
    const size_t end = text.find(close, paren);
    return end == std::string_view::npos ? text.size() : end + close.size();
  }
  for (size_t i = open + 1; i < text.size() && text[i] != '\n'; ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == text[open]) {
      return i + 1;
    }
  }
  return text.size();
}

bool IsDigitSeparator(std::string_view text, size_t quote) {
  return text[quote] == '\'' &&
         std::isdigit(static_cast<unsigned char>(text[WordStart(text, quote)])) != 0;
}

}  // namespace

Split SplitText(std::string_view text) {
  Split split;
  split.code.assign(text.size(), ' ');
  split.comments.assign(text.size(), ' ');
  for (size_t i = 0; i < text.size();) {
    size_t end = i + 1;
    std::string* into = &split.code;
    if (text.substr(i, 2) == "//") {
      end = std::min(text.find('\n', i), text.size());
      into = &split.comments;
    } else if (text.substr(i, 2) == "/*") {
      end = std::min(text.find("*/", i + 2), text.size() - 2) + 2;
      into = &split.comments;
    } else if ((text[i] == '"' || text[i] == '\'') && !IsDigitSeparator(text, i)) {
      end = LiteralEnd(text, i);
      into = nullptr;
    }
    for (; i < end; ++i) {
      if (into != nullptr) (*into)[i] = text[i];
      if (text[i] == '\n') split.code[i] = split.comments[i] = '\n';
    }
  }
  return split;
}

std::vector<std::string> Lines(std::string_view text) {
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::vector<Include> IncludesOf(const SourceFile& file) {
  std::vector<Include> includes;
  const std::vector<std::string> lines = Lines(file.text);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].starts_with("#include ")) continue;
    const size_t open = lines[i].find_first_of("<\"");
    const size_t close = lines[i].find_first_of(">\"", open + 1);
    includes.push_back({static_cast<int>(i) + 1, lines[i].substr(open + 1, close - open - 1)});
  }
  return includes;
}

}  // namespace nestor::tidy
