#include "client/commands/table.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "client/json.h"
#include "client/utf8.h"

namespace nestor::cli {

void PrintTable(const std::vector<std::vector<std::string>>& rows, std::ostream& out) {
  std::vector<size_t> widths;
  for (const std::vector<std::string>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], CodePoints(row[i]));
  }
  for (const std::vector<std::string>& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      const bool last = i + 1 == row.size();
      out << row[i] << (last ? "\n" : std::string(widths[i] - CodePoints(row[i]) + 2, ' '));
    }
  }
}

std::string PrintableCell(absl::string_view text) {
  // DEL and the C1 controls (in UTF-8: c2 80 to c2 9f) count too, and JSON escapes only the rest.
  const bool plain = std::none_of(text.begin(), text.end(), absl::ascii_iscntrl) &&
                     text.find('\xc2') == absl::string_view::npos;
  if (plain) return std::string(text);
  const std::string quoted =
      Json(std::string(text)).dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
  std::string cell = quoted.substr(1, quoted.size() - 2);
  std::replace(cell.begin(), cell.end(), '\x7f', '?');
  return cell;
}

}  // namespace nestor::cli
