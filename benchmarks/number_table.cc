#include "benchmarks/number_table.h"

#include <algorithm>
#include <utility>

#include "client/commands/table.h"
#include "storage/check.h"

namespace nestor::bench {

NumberTable::NumberTable(const std::vector<std::string>& heads, size_t text_columns)
    : text_columns_(text_columns), rows_{heads} {}

void NumberTable::AddRow(std::vector<std::string> cells) {
  NESTOR_CHECK(cells.size() == rows_.front().size());
  rows_.push_back(std::move(cells));
}

void NumberTable::Print(std::ostream& out) const {
  std::vector<std::vector<std::string>> rows = rows_;
  for (size_t column = text_columns_; column < rows.front().size(); ++column) {
    size_t width = 0;
    for (const auto& row : rows) width = std::max(width, row[column].size());
    for (auto& row : rows) row[column].insert(0, width - row[column].size(), ' ');
  }
  cli::PrintTable(rows, out);
}

}  // namespace nestor::bench
