#ifndef NESTOR_ENGINE_HUGE_PAGES_H_
#define NESTOR_ENGINE_HUGE_PAGES_H_

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

#include "engine/aligned_buffer.h"

namespace nestor {

// Has what lies on small pages moved to huge ones, and waits for it. When values were written, the
// system may have had no room for huge pages, in the middle of files that it keeps in memory; now
// it makes some. Does nothing before Linux 6.1. `values` may be read meanwhile, by whoever can wait
// a moment.
template <typename T>
void MoveToHugePages(const AlignedVector<T>& values) {
  constexpr int kCollapse = 25;  // MADV_COLLAPSE, for which glibc has no name yet
  constexpr uintptr_t kHugePage = CacheLineAllocator<T>::kHugePage;
  const auto first = reinterpret_cast<uintptr_t>(values.data());
  const uintptr_t last = first + values.size() * sizeof(T);
  // One page at a time: one that cannot be moved does not keep the others from it.
  for (uintptr_t page = first; page + kHugePage <= last; page += kHugePage) {
    (void)madvise(reinterpret_cast<void*>(page), kHugePage, kCollapse);
  }
}

}  // namespace nestor

#endif  // NESTOR_ENGINE_HUGE_PAGES_H_
