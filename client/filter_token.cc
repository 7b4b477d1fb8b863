#include "client/filter_token.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace nestor {
namespace {

using Kind = FilterToken::Kind;

bool BeginsWord(char c) {
  return absl::ascii_isalpha(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool BelongsToWord(char c) {
  return BeginsWord(c) || absl::ascii_isdigit(c) || c == '-' || c == '.' || c == ':';
}
bool BeginsNumber(char c) { return absl::ascii_isdigit(c) || c == '-' || c == '+'; }
bool BelongsToNumber(char c) { return BelongsToWord(c) || c == '+'; }

class Cutter {
 public:
  explicit Cutter(absl::string_view text) : text_(text) {}

  absl::StatusOr<std::vector<FilterToken>> Cut() {
    std::vector<FilterToken> tokens;
    do {
      while (at_ < text_.size() && absl::ascii_isspace(text_[at_])) ++at_;
      absl::StatusOr<FilterToken> token = Next();
      if (!token.ok()) return token.status();
      tokens.push_back(*std::move(token));
    } while (tokens.back().kind != Kind::kEnd);
    return tokens;
  }

 private:
  absl::StatusOr<FilterToken> Next() {
    if (at_ == text_.size()) return FilterToken{Kind::kEnd, "", at_};
    const char c = text_[at_];
    if (BeginsWord(c)) return Take(Kind::kWord, BelongsToWord);
    if (BeginsNumber(c)) return Take(Kind::kNumber, BelongsToNumber);
    if (c == '"' || c == '\'') return Quoted(Kind::kText, c);
    if (c == '`') return Quoted(Kind::kName, c);
    for (absl::string_view symbol : {"!=", "<=", ">=", "=", "<", ">", "(", ")", ","}) {
      if (text_.substr(at_, symbol.size()) != symbol) continue;
      at_ += symbol.size();
      return FilterToken{Kind::kSymbol, std::string(symbol), at_ - symbol.size()};
    }
    return FilterTextError(text_, at_, absl::StrCat("'", text_.substr(at_, 1), "' has no meaning"));
  }

  template <typename Belongs>
  FilterToken Take(Kind kind, Belongs belongs) {
    const size_t begin = at_;
    while (at_ < text_.size() && belongs(text_[at_])) ++at_;
    return {kind, std::string(text_.substr(begin, at_ - begin)), begin};
  }

  absl::StatusOr<FilterToken> Quoted(Kind kind, char quote) {
    const size_t begin = at_++;
    std::string value;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == quote) {
        ++at_;
        return FilterToken{kind, std::move(value), begin};
      }
      const bool escape = text_[at_] == '\\' && at_ + 1 < text_.size() &&
                          (text_[at_ + 1] == quote || text_[at_ + 1] == '\\');
      if (escape) ++at_;
      value.push_back(text_[at_]);
    }
    return FilterTextError(text_, begin, absl::StrCat("no ", std::string(1, quote), " ends this"));
  }

  const absl::string_view text_;
  size_t at_ = 0;
};

}  // namespace

absl::StatusOr<std::vector<FilterToken>> CutFilterText(absl::string_view text) {
  return Cutter(text).Cut();
}

absl::Status FilterTextError(absl::string_view text, size_t column, absl::string_view message) {
  // A window of the text, on one line.
  constexpr size_t kBefore = 60;
  constexpr size_t kWidth = 100;
  const size_t first = column > kBefore ? column - kBefore : 0;
  std::string shown(text.substr(first, kWidth));
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return absl::ascii_iscntrl(c); }, ' ');
  return absl::InvalidArgumentError(absl::StrCat("column ", column + 1, ": ", message, "\n  ",
                                                 shown, "\n  ", std::string(column - first, ' '),
                                                 "^"));
}

}  // namespace nestor
