#ifndef NESTOR_ENGINE_POSTINGS_H_
#define NESTOR_ENGINE_POSTINGS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "engine/row_set.h"

namespace nestor {

// Which rows have which key: rows sorted by key, and over them a tree of row sets, so that the rows
// of any range of keys are the union of few sets, however many rows that are.
//
//   keys     a           b        c                     ascending, distinct
//   rows     7 9 12 40   3 12     1 2 5 8 ...           ascending within a key
//   level 0  {7 9 12 40} {3 12 1 2} ...                 kLeaf rows each
//   level 1  {7 9 12 40 3 1 2 ...}                      kFanOut sets of level 0 each
//
// A range takes the largest whole sets that lie in it and, at its two ends, up to kLeaf single
// rows.
//
// Thread safety: immutable.
template <typename Key>
class Postings {
 public:
  using Entry = std::pair<Key, uint32_t>;  // key, row

  Postings() = default;
  // Entries in any order; repeated ones count once.
  explicit Postings(std::vector<Entry> entries) {
    std::sort(entries.begin(), entries.end());
    entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
    rows_.reserve(entries.size());
    for (Entry& entry : entries) {
      if (keys_.empty() || keys_.back() != entry.first) {
        keys_.push_back(std::move(entry.first));
        begin_.push_back(0);
      }
      rows_.push_back(entry.second);
      begin_.back() = static_cast<uint32_t>(rows_.size());
    }
    BuildTree();
  }

  // Positions in the order of keys: the first key that is not below (above) `key`.
  size_t LowerBound(const Key& key) const {
    return std::lower_bound(keys_.begin(), keys_.end(), key) - keys_.begin();
  }
  size_t UpperBound(const Key& key) const {
    return std::upper_bound(keys_.begin(), keys_.end(), key) - keys_.begin();
  }
  // The first position from which `test` is false. REQUIRES: it is true before and false after some
  // position.
  template <typename Test>
  size_t PartitionPoint(Test test) const {
    return std::partition_point(keys_.begin(), keys_.end(), test) - keys_.begin();
  }
  size_t key_count() const { return keys_.size(); }

  // Adds the rows of all keys from position `first` up to `last` to *out.
  void AddRows(size_t first, size_t last, RowSet* out) const {
    if (first >= last) return;
    std::vector<const RowSet*> sets;
    std::vector<uint32_t> single;
    const size_t end = begin_[last];
    for (size_t at = begin_[first]; at < end;) {
      const size_t leaf_end = std::min(end, (at / kLeaf + 1) * kLeaf);
      if (at % kLeaf != 0 || leaf_end % kLeaf != 0) {
        single.insert(single.end(), rows_.begin() + at, rows_.begin() + leaf_end);
        at = leaf_end;
        continue;
      }
      size_t level = 0;
      size_t width = kLeaf;
      while (level + 1 < levels_.size() && at % (width * kFanOut) == 0 &&
             at + width * kFanOut <= end) {
        ++level;
        width *= kFanOut;
      }
      sets.push_back(&levels_[level][at / width]);
      at += width;
    }
    // The rows of one key ascend and are appended; put into *out one by one, each would move what
    // is above it.
    const RowSet singles(single.size(), single.data());
    if (sets.empty()) {
      *out |= singles;
      return;
    }
    sets.push_back(&singles);
    sets.push_back(out);
    *out = RowSet::fastunion(sets.size(), sets.data());
  }

  // Calls visit(key, row) for every entry, in order.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (size_t key = 0; key < keys_.size(); ++key) {
      for (size_t i = begin_[key]; i < begin_[key + 1]; ++i) visit(keys_[key], rows_[i]);
    }
  }

  // Without what a key itself may hold on the heap.
  size_t MemoryBytes() const {
    size_t bytes =
        keys_.capacity() * sizeof(Key) + (begin_.capacity() + rows_.capacity()) * sizeof(uint32_t);
    for (const std::vector<RowSet>& level : levels_) {
      for (const RowSet& set : level) bytes += set.getSizeInBytes();
    }
    return bytes;
  }

 private:
  static constexpr size_t kLeaf = 4096;
  static constexpr size_t kFanOut = 4;

  // Whole sets only: what is left over at the end is found by single rows and smaller sets.
  void BuildTree() {
    if (rows_.size() < kLeaf) return;
    levels_.emplace_back();
    for (size_t at = 0; at + kLeaf <= rows_.size(); at += kLeaf) {
      levels_.back().emplace_back(kLeaf, rows_.data() + at);
      levels_.back().back().runOptimize();
    }
    while (levels_.back().size() >= kFanOut) {
      const std::vector<RowSet>& below = levels_.back();
      std::vector<RowSet> level;
      for (size_t i = 0; i + kFanOut <= below.size(); i += kFanOut) {
        const RowSet* parts[kFanOut];
        for (size_t part = 0; part < kFanOut; ++part) parts[part] = &below[i + part];
        level.push_back(RowSet::fastunion(kFanOut, parts));
      }
      levels_.push_back(std::move(level));
    }
  }

  std::vector<Key> keys_;
  std::vector<uint32_t> begin_{0};  // key k has rows_[begin_[k]] to rows_[begin_[k + 1]]
  std::vector<uint32_t> rows_;
  std::vector<std::vector<RowSet>> levels_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_POSTINGS_H_
