#ifndef NESTOR_CLIENT_COMMANDS_TABLE_H_
#define NESTOR_CLIENT_COMMANDS_TABLE_H_

#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace nestor::cli {

// Text in columns, each as wide as its widest cell; the last column runs free. Rows may be of
// different lengths. REQUIRES: cells are UTF-8.
void PrintTable(const std::vector<std::vector<std::string>>& rows, std::ostream& out);

// `text` as a cell: as it is, or escaped like a JSON string when it holds control characters (which
// could otherwise steer the terminal).
std::string PrintableCell(absl::string_view text);

}  // namespace nestor::cli

#endif  // NESTOR_CLIENT_COMMANDS_TABLE_H_
