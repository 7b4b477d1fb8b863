#ifndef NESTOR_ENGINE_KERNELS_ROW_LOOP_H_
#define NESTOR_ENGINE_KERNELS_ROW_LOOP_H_

#include <cstddef>

#include "engine/kernels/kernel_table.h"

// The one loop over the rows of a list; a kernel is an Op that scores a few rows at a time. Op has
//
//   template <size_t kRows> void Score(const size_t (&rows)[kRows], size_t position) const;  //
//   kRows: kRowGroup or 1 void Prefetch(size_t row) const; size_t row_bytes() const;
//
// Score writes the result of rows[k] to place `position + k`. The unnamed namespace is on purpose:
// see instruction_sets.h. So is always_inline: GCC takes a function that does nothing but prefetch
// for one without effect and drops the calls; the test KernelObjects.Prefetch looks.

namespace nestor::kernels {
namespace {

constexpr size_t kRowGroup = 4;
constexpr size_t kCacheLine = 64;

// Gathered rows come from anywhere: the processor cannot guess the next one, we can. Four rows at a
// time share each load of the query, and rows further on are on their way into the second-level
// cache; the first has too few slots for lines under way (on Zen 4 that one word makes 128-byte
// rows come at 11 GB/s instead of 4). A row that was seen to start is followed by the processor
// itself.
constexpr size_t kPrefetchRowBytes = 2048;
constexpr size_t kPrefetchBytes = 16384;  // how far to run ahead, as long as that is ...
constexpr size_t kMinPrefetchRows = 8;    // ... at least this many rows
constexpr size_t kMaxPrefetchRows = 32;   // ... and at most that many
constexpr int kSecondLevel = 2;           // __builtin_prefetch's word for it

// Rows in order are followed by the processor, as long as they are read one after the other: four
// at a time halve what memory delivers (Zen 4: 10 instead of 23 GB/s). Rows so short that four of
// them are hardly a stream gain from sharing the query instead.
constexpr size_t kGroupedRowBytes = 256;

[[gnu::always_inline]] inline void PrefetchBytes(const void* start, size_t bytes) {
  const char* const first = static_cast<const char*>(start);
  const size_t end = bytes < kPrefetchRowBytes ? bytes : kPrefetchRowBytes;
  for (size_t offset = 0; offset < end; offset += kCacheLine) {
    __builtin_prefetch(first + offset, 0, kSecondLevel);
  }
}

template <typename Op>
size_t PrefetchDistance(const Op& op) {
  const size_t rows = kPrefetchBytes / (op.row_bytes() + 1);
  if (rows < kMinPrefetchRows) return kMinPrefetchRows;
  return rows < kMaxPrefetchRows ? rows : kMaxPrefetchRows;
}

template <typename Op>
[[gnu::always_inline]] inline void PrefetchRows(const Op& op, RowList list, size_t first,
                                                size_t count) {
  for (size_t i = first; i < first + count && i < list.count; ++i) op.Prefetch(list.ids[i]);
}

template <typename Op>
void ScoreGathered(const Op& op, RowList list) {
  const size_t distance = PrefetchDistance(op);
  PrefetchRows(op, list, 0, distance);
  size_t i = 0;
  for (; i + kRowGroup <= list.count; i += kRowGroup) {
    PrefetchRows(op, list, i + distance, kRowGroup);
    const size_t rows[kRowGroup] = {list.ids[i], list.ids[i + 1], list.ids[i + 2], list.ids[i + 3]};
    op.Score(rows, i);
  }
  for (; i < list.count; ++i) {
    const size_t rows[1] = {list.ids[i]};
    op.Score(rows, i);
  }
}

template <typename Op>
void ScoreContiguous(const Op& op, size_t count) {
  const size_t grouped = op.row_bytes() <= kGroupedRowBytes ? count / kRowGroup * kRowGroup : 0;
  size_t i = 0;
  for (; i < grouped; i += kRowGroup) {
    const size_t rows[kRowGroup] = {i, i + 1, i + 2, i + 3};
    op.Score(rows, i);
  }
  for (; i < count; ++i) {
    const size_t rows[1] = {i};
    op.Score(rows, i);
  }
}

template <typename Op>
void ScoreRows(const Op& op, RowList list) {
  if (list.ids != nullptr) {
    ScoreGathered(op, list);
  } else {
    ScoreContiguous(op, list.count);
  }
}

}  // namespace
}  // namespace nestor::kernels

#endif  // NESTOR_ENGINE_KERNELS_ROW_LOOP_H_
