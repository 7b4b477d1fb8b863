#ifndef NESTOR_ENGINE_ROW_BITMAP_H_
#define NESTOR_ENGINE_ROW_BITMAP_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nestor {

// One bit for each local row of a segment or delta; set means dead. A view holds it immutable; a
// commit copies it, sets bits and publishes the copy with the next view.
class RowBitmap {
 public:
  explicit RowBitmap(size_t rows = 0) : words_((rows + 63) / 64) {}

  bool Test(size_t row) const { return words_[row / 64] >> (row % 64) & 1; }
  // True if the bit was clear.
  bool Set(size_t row) {
    const uint64_t bit = uint64_t{1} << (row % 64);
    if (words_[row / 64] & bit) return false;
    words_[row / 64] |= bit;
    ++count_;
    return true;
  }
  size_t count() const { return count_; }  // of set bits
  size_t MemoryBytes() const { return words_.capacity() * sizeof(uint64_t); }

 private:
  std::vector<uint64_t> words_;
  size_t count_ = 0;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_ROW_BITMAP_H_
