#ifndef NESTOR_ENGINE_ALIGNED_BUFFER_H_
#define NESTOR_ENGINE_ALIGNED_BUFFER_H_

#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <vector>

namespace nestor {

// Allocates on cache-line boundaries, so that a row of 64-byte blocks touches no line twice, and
// asks for huge pages where there is room for some: searches read rows from anywhere, and with
// small pages they would wait for the address of nearly every row as well.
template <typename T>
struct CacheLineAllocator {
  using value_type = T;
  static constexpr size_t kCacheLine = 64;
  static constexpr size_t kHugePage = size_t{2} << 20;

  CacheLineAllocator() = default;
  template <typename U>
  explicit CacheLineAllocator(const CacheLineAllocator<U>&) {}

  T* allocate(size_t count) {
    const size_t bytes = count * sizeof(T);
    void* const data = ::operator new(bytes, AlignmentOf(bytes));
    // Where the system does not give them, small ones do.
    if (bytes >= kHugePage) (void)madvise(data, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
    return static_cast<T*>(data);
  }
  void deallocate(T* data, size_t count) {
    ::operator delete(data, AlignmentOf(count * sizeof(T)));
  }
  friend bool operator==(const CacheLineAllocator&, const CacheLineAllocator&) { return true; }

 private:
  static std::align_val_t AlignmentOf(size_t bytes) {
    return std::align_val_t{bytes >= kHugePage ? kHugePage : kCacheLine};
  }
};

template <typename T>
using AlignedVector = std::vector<T, CacheLineAllocator<T>>;

}  // namespace nestor

#endif  // NESTOR_ENGINE_ALIGNED_BUFFER_H_
