#ifndef NESTOR_ENGINE_ROW_BITMAP_H_
#define NESTOR_ENGINE_ROW_BITMAP_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace nestor {

// One bit for each local row of a segment or delta; set means dead, or left out by a filter. A view
// holds its dead rows immutable; a commit copies them, sets bits and publishes the copy with the
// next view.
class RowBitmap {
 public:
  explicit RowBitmap(size_t rows = 0) : words_((rows + 63) / 64) {}  // all clear

  bool Test(size_t row) const { return words_[row / 64] >> (row % 64) & 1; }
  // True if the bit was clear.
  bool Set(size_t row) {
    const uint64_t bit = uint64_t{1} << (row % 64);
    if (words_[row / 64] & bit) return false;
    words_[row / 64] |= bit;
    ++count_;
    return true;
  }
  void SetAll(size_t rows) {
    std::fill(words_.begin(), words_.end(), ~uint64_t{0});
    if (rows % 64 != 0) words_.back() = (uint64_t{1} << (rows % 64)) - 1;
    count_ = rows;
  }
  // True if the bit was set.
  bool Clear(size_t row) {
    const uint64_t bit = uint64_t{1} << (row % 64);
    if (!(words_[row / 64] & bit)) return false;
    words_[row / 64] &= ~bit;
    --count_;
    return true;
  }
  // The first row at or behind `row` whose bit is clear; `rows` if there is none below that.
  size_t NextClear(size_t row, size_t rows) const {
    while (row < rows) {
      const uint64_t clear = ~words_[row / 64] >> (row % 64);
      if (clear != 0) return std::min(rows, row + static_cast<size_t>(std::countr_zero(clear)));
      row = (row / 64 + 1) * 64;
    }
    return rows;
  }
  size_t count() const { return count_; }  // of set bits
  size_t MemoryBytes() const { return words_.capacity() * sizeof(uint64_t); }

 private:
  std::vector<uint64_t> words_;
  size_t count_ = 0;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_ROW_BITMAP_H_
