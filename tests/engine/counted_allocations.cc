#include "tests/engine/counted_allocations.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

thread_local size_t allocations = 0;

void* CountedAllocation(size_t bytes, size_t alignment) {
  ++allocations;
  const size_t pieces = std::max<size_t>(1, (bytes + alignment - 1) / alignment);
  void* const data = std::aligned_alloc(alignment, pieces * alignment);
  if (data == nullptr) throw std::bad_alloc();
  return data;
}

}  // namespace

// The other forms of new and delete end in these.
void* operator new(size_t bytes) { return CountedAllocation(bytes, alignof(std::max_align_t)); }
void* operator new(size_t bytes, std::align_val_t alignment) {
  return CountedAllocation(bytes, static_cast<size_t>(alignment));
}
void operator delete(void* data) noexcept { std::free(data); }
void operator delete(void* data, size_t) noexcept { std::free(data); }
void operator delete(void* data, std::align_val_t) noexcept { std::free(data); }
void operator delete(void* data, size_t, std::align_val_t) noexcept { std::free(data); }

namespace nestor::testing {

size_t AllocationsOfThread() { return allocations; }

}  // namespace nestor::testing
