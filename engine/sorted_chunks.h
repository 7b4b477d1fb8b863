#ifndef NESTOR_ENGINE_SORTED_CHUNKS_H_
#define NESTOR_ENGINE_SORTED_CHUNKS_H_

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "storage/check.h"

namespace nestor {

// An immutable sorted set of which With() makes a changed one that shares every chunk it does not
// change: a changed set costs a pointer for each chunk, and the chunks that the changes fall into,
// not all elements.
//
// Thread safety: immutable.
template <typename T>
class SortedChunks {
 public:
  static constexpr size_t kMaxChunk = 1024;

  struct Change {
    T element;
    bool insert = true;  // false: erase
    friend bool operator<(const Change& a, const Change& b) { return a.element < b.element; }
  };

  size_t size() const { return size_; }

  // REQUIRES: `changes` ascend, with no element twice; what is to be inserted is not here, what is
  // to be erased is.
  SortedChunks With(absl::Span<const Change> changes) const {
    SortedChunks next;
    next.chunks_.reserve(chunks_.size() + 1);
    size_t begin = 0;
    for (size_t i = 0; i < chunks_.size(); ++i) {
      size_t end = changes.size();
      if (i + 1 < chunks_.size()) {
        const auto behind = std::lower_bound(changes.begin() + begin, changes.end(),
                                             Change{chunks_[i + 1]->front(), true});
        end = static_cast<size_t>(behind - changes.begin());
      }
      if (begin == end) {
        next.Append(chunks_[i]);
      } else {
        next.AppendCut(Merge(*chunks_[i], changes.subspan(begin, end - begin)));
      }
      begin = end;
    }
    if (chunks_.empty()) next.AppendCut(Merge({}, changes));
    return next;
  }

  // The elements that are not less than `first`, ascending, until `visit` returns false.
  template <typename Visit>
  void VisitFrom(const T& first, Visit visit) const {
    auto chunk = std::upper_bound(
        chunks_.begin(), chunks_.end(), first,
        [](const T& value, const ChunkPtr& candidate) { return value < candidate->front(); });
    if (chunk != chunks_.begin()) --chunk;
    for (; chunk != chunks_.end(); ++chunk) {
      const Chunk& elements = **chunk;
      auto element = elements.begin();
      if (*element < first) element = std::lower_bound(elements.begin(), elements.end(), first);
      for (; element != elements.end(); ++element) {
        if (!visit(*element)) return;
      }
    }
  }

 private:
  using Chunk = std::vector<T>;  // ascending, 1 to kMaxChunk elements
  using ChunkPtr = std::shared_ptr<const Chunk>;

  static Chunk Merge(const Chunk& elements, absl::Span<const Change> changes) {
    const auto inserts = static_cast<size_t>(std::count_if(
        changes.begin(), changes.end(), [](const Change& change) { return change.insert; }));
    Chunk merged;
    merged.reserve(elements.size() + inserts);
    auto element = elements.begin();
    for (const Change& change : changes) {
      while (element != elements.end() && *element < change.element) merged.push_back(*element++);
      const bool here = element != elements.end() && !(change.element < *element);
      NESTOR_CHECK(here != change.insert);
      if (change.insert) {
        merged.push_back(change.element);
      } else {
        ++element;
      }
    }
    merged.insert(merged.end(), element, elements.end());
    return merged;
  }

  void Append(ChunkPtr chunk) {
    size_ += chunk->size();
    chunks_.push_back(std::move(chunk));
  }

  // In chunks of nearly the same size; few elements join the chunk before them.
  void AppendCut(Chunk elements) {
    if (elements.empty()) return;
    if (!chunks_.empty() && chunks_.back()->size() + elements.size() <= kMaxChunk / 2) {
      const ChunkPtr before = std::move(chunks_.back());
      chunks_.pop_back();
      size_ -= before->size();
      elements.insert(elements.begin(), before->begin(), before->end());
    }
    const size_t pieces = (elements.size() + kMaxChunk - 1) / kMaxChunk;
    if (pieces == 1) return Append(std::make_shared<const Chunk>(std::move(elements)));
    for (size_t i = 0; i < pieces; ++i) {
      const auto at = [&](size_t piece) {
        return elements.begin() + static_cast<ptrdiff_t>(elements.size() * piece / pieces);
      };
      Append(std::make_shared<const Chunk>(at(i), at(i + 1)));
    }
  }

  std::vector<ChunkPtr> chunks_;  // ascending
  size_t size_ = 0;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_SORTED_CHUNKS_H_
