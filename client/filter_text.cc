#include "client/filter_text.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/filter_token.h"
#include "client/point_id_text.h"
#include "client/time_text.h"
#include "client/utf8.h"

namespace nestor {
namespace {

using Kind = FilterToken::Kind;
using v1::Filter;

// Of `not` and parentheses: beyond what a server takes. Each of them adds up to two levels to the
// filter, four to the message, and the server can read 100 and say what is wrong.
constexpr int kMaxTextNesting = 20;

// Recursive descent. Every method leaves the place at the first token that it did not use.
class Parser {
 public:
  Parser(absl::string_view text, std::vector<FilterToken> tokens)
      : text_(text), tokens_(std::move(tokens)) {}

  absl::StatusOr<Filter> Parse() {
    absl::StatusOr<Filter> filter = ParseOr();
    if (filter.ok() && token().kind != Kind::kEnd) return Unexpected("and, or, or the end");
    return filter;
  }

 private:
  absl::StatusOr<Filter> ParseOr() { return ParseChain("or", &Parser::ParseAnd, AddToAny); }
  absl::StatusOr<Filter> ParseAnd() { return ParseChain("and", &Parser::ParseNot, AddToAll); }

  static Filter* AddToAny(Filter* parent) { return parent->mutable_any_of()->add_filters(); }
  static Filter* AddToAll(Filter* parent) { return parent->mutable_all_of()->add_filters(); }

  // One part alone is itself; several become the children of one node.
  absl::StatusOr<Filter> ParseChain(absl::string_view word,
                                    absl::StatusOr<Filter> (Parser::*parse_part)(),
                                    Filter* (*add)(Filter*)) {
    absl::StatusOr<Filter> first = (this->*parse_part)();
    if (!first.ok() || !IsWord(word)) return first;
    Filter chain;
    *add(&chain) = *std::move(first);
    while (TakeWord(word)) {
      absl::StatusOr<Filter> next = (this->*parse_part)();
      if (!next.ok()) return next;
      *add(&chain) = *std::move(next);
    }
    return chain;
  }

  absl::StatusOr<Filter> ParseNot() {
    if (++depth_ > kMaxTextNesting) return Error("is nested too deeply");
    absl::StatusOr<Filter> filter = ParseOperand();
    --depth_;
    return filter;
  }

  absl::StatusOr<Filter> ParseOperand() {
    if (TakeWord("not")) {
      absl::StatusOr<Filter> filter = ParseNot();
      return filter.ok() ? Not(*std::move(filter)) : filter;
    }
    if (!TakeSymbol("(")) return ParseCondition();
    absl::StatusOr<Filter> filter = ParseOr();
    if (filter.ok() && !TakeSymbol(")")) return Unexpected("and, or, or )");
    return filter;
  }

  absl::StatusOr<Filter> ParseCondition() {
    if (token().kind != Kind::kWord && token().kind != Kind::kName) return Unexpected("a field");
    if (!IsUtf8(token().text)) return Error("the field is not UTF-8");
    const bool is_id = IsWord("id");
    const std::string field = Take().text;
    const bool negated = TakeWord("not");
    if (TakeWord("in")) {
      absl::StatusOr<Filter> filter =
          is_id ? ParseIds() : ParseValues(field, Filter::IN, Filter::NOT_IN, negated);
      if (!filter.ok() || !is_id || !negated) return filter;
      return Not(*std::move(filter));
    }
    if (negated) return Unexpected("in");
    if (is_id) return Unexpected("in (a payload field called id is written `id`)");
    return ParseComparison(field);
  }

  absl::StatusOr<Filter> ParseComparison(const std::string& field) {
    if (TakeWord("exists")) return Compare(field, Filter::EXISTS);
    if (TakeWord("is")) {
      const bool negated = TakeWord("not");
      if (!TakeWord("null")) return Unexpected(negated ? "null" : "null or not null");
      Filter filter = Compare(field, Filter::IS_NULL);
      return negated ? Not(std::move(filter)) : filter;
    }
    if (TakeWord("contains")) {
      if (TakeWord("any")) return ParseValues(field, Filter::CONTAINS_ANY);
      if (TakeWord("all")) return ParseValues(field, Filter::CONTAINS_ALL);
      return Unexpected("any or all");
    }
    if (TakeWord("starts")) {
      if (!TakeWord("with")) return Unexpected("with");
      return ParseValue(Compare(field, Filter::PREFIX));
    }
    static constexpr std::pair<absl::string_view, Filter::Op> kOps[] = {
        {"=", Filter::EQ},  {"!=", Filter::NE}, {"<", Filter::LT},
        {"<=", Filter::LE}, {">", Filter::GT},  {">=", Filter::GE}};
    for (const auto& [symbol, op] : kOps) {
      if (TakeSymbol(symbol)) return ParseValue(Compare(field, op));
    }
    return Unexpected("=, !=, <, <=, >, >=, in, contains, starts with, exists or is null");
  }

  absl::StatusOr<Filter> ParseValues(const std::string& field, Filter::Op op) {
    return ParseValues(field, op, op, false);
  }
  absl::StatusOr<Filter> ParseValues(const std::string& field, Filter::Op op, Filter::Op opposite,
                                     bool negated) {
    Filter filter = Compare(field, negated ? opposite : op);
    if (!TakeSymbol("(")) return Unexpected("(");
    do {
      absl::StatusOr<Filter> more = ParseValue(std::move(filter));
      if (!more.ok()) return more;
      filter = *std::move(more);
    } while (TakeSymbol(","));
    if (!TakeSymbol(")")) return Unexpected("a comma or )");
    return filter;
  }

  absl::StatusOr<Filter> ParseIds() {
    Filter filter;
    if (!TakeSymbol("(")) return Unexpected("(");
    do {
      if (token().kind == Kind::kSymbol || token().kind == Kind::kEnd) return Unexpected("an id");
      const absl::StatusOr<v1::PointId> id =
          token().kind == Kind::kText ? MakeStringId(token().text) : ParsePointId(token().text);
      if (!id.ok()) return Error(id.status().message());
      Take();
      *filter.mutable_has_id()->add_ids() = *id;
    } while (TakeSymbol(","));
    if (!TakeSymbol(")")) return Unexpected("a comma or )");
    return filter;
  }

  // Adds the next value to a comparison.
  absl::StatusOr<Filter> ParseValue(Filter filter) {
    v1::Value& value = *filter.mutable_compare()->add_values();
    if (token().kind == Kind::kText) {
      if (!IsUtf8(token().text)) return Error("the text is not UTF-8");
      value.set_string_value(Take().text);
    } else if (token().kind == Kind::kNumber) {
      const absl::Status status = ReadNumber(token().text, value);
      if (!status.ok()) return status;
      Take();
    } else if (IsWord("true") || IsWord("false")) {
      value.set_bool_value(IsWord("true"));
      Take();
    } else if (TakeWord("time")) {
      const absl::Status status = ParseTime(value);
      if (!status.ok()) return status;
    } else {
      return Unexpected("a value: \"text\", a number, true, false or time(\"...\")");
    }
    return filter;
  }

  absl::Status ReadNumber(const std::string& text, v1::Value& value) {
    int64_t integer;
    double number;
    if (absl::SimpleAtoi(text, &integer)) {
      value.set_int_value(integer);
      return absl::OkStatus();
    }
    if (text.find_first_not_of("+-0123456789") == std::string::npos &&
        text.find_first_of("0123456789") != std::string::npos) {
      return Error(absl::StrCat(text.substr(0, 40),
                                " does not fit in 64 bits; write it with a "
                                "decimal point"));
    }
    if (!absl::SimpleAtod(text, &number) ||
        text.find_first_not_of("+-.0123456789eE") != std::string::npos) {
      return Error(absl::StrCat("'", text.substr(0, 40), "' is no number"));
    }
    value.set_double_value(number);
    return absl::OkStatus();
  }

  absl::Status ParseTime(v1::Value& value) {
    if (!TakeSymbol("(")) return Unexpected("(");
    if (token().kind != Kind::kText) return Unexpected("a time in quotes");
    const absl::Status status = ParseTimestamp(token().text, value.mutable_time_value());
    if (!status.ok()) return Error(status.message());
    Take();
    return TakeSymbol(")") ? absl::OkStatus() : Unexpected(")");
  }

  static Filter Compare(const std::string& field, Filter::Op op) {
    Filter filter;
    filter.mutable_compare()->set_field(field);
    filter.mutable_compare()->set_op(op);
    return filter;
  }
  static Filter Not(Filter child) {
    Filter filter;
    *filter.mutable_none_of() = std::move(child);
    return filter;
  }

  const FilterToken& token() const { return tokens_[at_]; }
  bool IsWord(absl::string_view word) const {
    return token().kind == Kind::kWord && absl::EqualsIgnoreCase(token().text, word);
  }
  FilterToken Take() { return tokens_[token().kind == Kind::kEnd ? at_ : at_++]; }
  bool TakeWord(absl::string_view word) {
    if (!IsWord(word)) return false;
    Take();
    return true;
  }
  bool TakeSymbol(absl::string_view symbol) {
    if (token().kind != Kind::kSymbol || token().text != symbol) return false;
    Take();
    return true;
  }

  absl::Status Error(absl::string_view message) const {
    return FilterTextError(text_, token().column, message);
  }
  absl::Status Unexpected(absl::string_view wanted) const {
    return Error(token().kind == Kind::kEnd ? absl::StrCat("ends where ", wanted, " should follow")
                                            : absl::StrCat("'", token().text.substr(0, 40),
                                                           "' where ", wanted, " should stand"));
  }

  const absl::string_view text_;
  const std::vector<FilterToken> tokens_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

absl::StatusOr<v1::Filter> ParseFilterText(absl::string_view text) {
  absl::StatusOr<std::vector<FilterToken>> tokens = CutFilterText(text);
  if (!tokens.ok()) return tokens.status();
  return Parser(text, *std::move(tokens)).Parse();
}

}  // namespace nestor
