#ifndef NESTOR_ENGINE_ALIGNED_BUFFER_H_
#define NESTOR_ENGINE_ALIGNED_BUFFER_H_

#include <cstddef>
#include <new>
#include <vector>

namespace nestor {

// Allocates on cache-line boundaries, so that a row of 64-byte blocks touches no line twice.
template <typename T>
struct CacheLineAllocator {
  using value_type = T;
  static constexpr std::align_val_t kAlignment{64};

  CacheLineAllocator() = default;
  template <typename U>
  explicit CacheLineAllocator(const CacheLineAllocator<U>&) {}

  T* allocate(size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), kAlignment));
  }
  void deallocate(T* data, size_t) { ::operator delete(data, kAlignment); }
  friend bool operator==(const CacheLineAllocator&, const CacheLineAllocator&) { return true; }
};

template <typename T>
using AlignedVector = std::vector<T, CacheLineAllocator<T>>;

}  // namespace nestor

#endif  // NESTOR_ENGINE_ALIGNED_BUFFER_H_
