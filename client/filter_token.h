#ifndef NESTOR_CLIENT_FILTER_TOKEN_H_
#define NESTOR_CLIENT_FILTER_TOKEN_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace nestor {

// A piece of a filter's text.
struct FilterToken {
  enum class Kind { kWord, kName, kText, kNumber, kSymbol, kEnd };
  Kind kind = Kind::kEnd;
  std::string text;   // of a name or a text without its quotes
  size_t column = 0;  // where it begins, from 0
};

// Cuts a text into tokens; the last one is kEnd. kName is a name in backquotes, kSymbol one of
// = != < <= > >= ( ) and the comma.
absl::StatusOr<std::vector<FilterToken>> CutFilterText(absl::string_view text);

// INVALID_ARGUMENT with the text and a mark under `column`, from 0.
absl::Status FilterTextError(absl::string_view text, size_t column, absl::string_view message);

}  // namespace nestor

#endif  // NESTOR_CLIENT_FILTER_TOKEN_H_
