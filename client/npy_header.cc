#include "client/npy_header.h"

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace nestor {
namespace {

// Eats tokens from the front of the text; the first failure sticks and later calls do nothing.
class Scanner {
 public:
  explicit Scanner(absl::string_view text) : text_(text) {}

  const absl::Status& status() const { return status_; }

  // Eats `token` when it comes next, after blanks.
  bool Accept(absl::string_view token) {
    SkipBlanks();
    if (!status_.ok() || text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }

  void Expect(absl::string_view token) {
    if (!Accept(token)) Fail(absl::StrCat("'", token, "'"));
  }

  void ExpectEnd() {
    SkipBlanks();
    if (at_ != text_.size()) Fail("the end");
  }

  std::string Quoted() {
    const absl::string_view quote = Accept("\"") ? "\"" : "'";
    if (quote == "'") Expect("'");
    const size_t end = status_.ok() ? text_.find(quote, at_) : absl::string_view::npos;
    if (end == absl::string_view::npos) {
      Fail("a quoted string");
      return "";
    }
    std::string found(text_.substr(at_, end - at_));
    at_ = end + 1;
    return found;
  }

  bool Boolean() {
    if (Accept("True")) return true;
    if (!Accept("False")) Fail("True or False");
    return false;
  }

  uint64_t Number() {
    SkipBlanks();
    size_t end = at_;
    while (end < text_.size() && absl::ascii_isdigit(text_[end])) ++end;
    uint64_t value = 0;
    if (!absl::SimpleAtoi(text_.substr(at_, end - at_), &value)) Fail("a number");
    at_ = end;
    return value;
  }

  void Fail(absl::string_view wanted) {
    if (!status_.ok()) return;
    status_ = absl::InvalidArgumentError(
        absl::StrCat("bad .npy header at byte ", at_, " of its text: ", wanted,
                     " expected, found '", absl::CHexEscape(text_.substr(at_, 20)), "'"));
  }

 private:
  void SkipBlanks() {
    while (at_ < text_.size() && absl::ascii_isspace(text_[at_])) ++at_;
  }

  absl::string_view text_;
  size_t at_ = 0;
  absl::Status status_;
};

std::vector<uint64_t> Shape(Scanner& scanner) {
  std::vector<uint64_t> shape;
  scanner.Expect("(");
  while (scanner.status().ok() && !scanner.Accept(")")) {
    shape.push_back(scanner.Number());
    if (!scanner.Accept(",")) {
      scanner.Expect(")");
      break;
    }
  }
  return shape;
}

}  // namespace

absl::StatusOr<NpyHeader> ParseNpyHeader(absl::string_view text) {
  Scanner scanner(text);
  NpyHeader header;
  int descr = 0, fortran_order = 0, shape = 0;  // how often each key was seen
  scanner.Expect("{");
  while (scanner.status().ok() && !scanner.Accept("}")) {
    const std::string key = scanner.Quoted();
    scanner.Expect(":");
    if (key == "descr") {
      header.descr = scanner.Quoted();
      ++descr;
    } else if (key == "fortran_order") {
      header.fortran_order = scanner.Boolean();
      ++fortran_order;
    } else if (key == "shape") {
      header.shape = Shape(scanner);
      ++shape;
    } else {
      scanner.Fail("the key descr, fortran_order or shape");
    }
    if (!scanner.Accept(",")) {
      scanner.Expect("}");
      break;
    }
  }
  scanner.ExpectEnd();
  if (!scanner.status().ok()) return scanner.status();
  if (descr != 1 || fortran_order != 1 || shape != 1) {
    return absl::InvalidArgumentError(
        "bad .npy header: descr, fortran_order and shape must each be given once");
  }
  return header;
}

}  // namespace nestor
