#ifndef NESTOR_BENCHMARKS_NUMBER_TABLE_H_
#define NESTOR_BENCHMARKS_NUMBER_TABLE_H_

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

namespace nestor::bench {

// A table of numbers: the first columns are text and lean left, the others lean right.
//
// Thread safety: none.
class NumberTable {
 public:
  NumberTable(const std::vector<std::string>& heads, size_t text_columns);

  // REQUIRES: one cell for each head.
  void AddRow(std::vector<std::string> cells);
  void Print(std::ostream& out) const;

 private:
  size_t text_columns_;
  std::vector<std::vector<std::string>> rows_;  // the heads first
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_NUMBER_TABLE_H_
