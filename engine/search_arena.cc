#include "engine/search_arena.h"

#include <algorithm>
#include <bit>
#include <new>

#include "absl/base/config.h"
#include "storage/check.h"

namespace nestor {
namespace {

constexpr std::align_val_t kCacheLine{64};

// A search that needs more than that is rare, and takes longer than allocating does.
// AddressSanitizer sees what is used after its time only if every piece is a heap block.
#ifdef ABSL_HAVE_ADDRESS_SANITIZER
constexpr size_t kMostKept = 0;
#else
constexpr size_t kMostKept = size_t{8} << 20;
#endif

void* New(size_t bytes) { return ::operator new(bytes, kCacheLine); }
void Delete(void* data) { ::operator delete(data, kCacheLine); }

}  // namespace

SearchArena& SearchArena::OfThread() {
  static thread_local SearchArena arena;
  return arena;
}

SearchArena::~SearchArena() {
  NESTOR_CHECK(scopes_ == 0);
  Delete(block_.data);
}

void* SearchArena::do_allocate(size_t bytes, size_t alignment) {
  NESTOR_CHECK(scopes_ > 0 && alignment <= static_cast<size_t>(kCacheLine));
  bytes = std::max<size_t>(bytes, 1);  // nothing is at a place of its own as well
  const size_t begin = (used_ + alignment - 1) / alignment * alignment;
  if (begin <= block_.bytes && bytes <= block_.bytes - begin) {
    used_ = begin + bytes;
    return static_cast<char*>(block_.data) + begin;
  }
  chunks_.push_back({nullptr, bytes + static_cast<size_t>(kCacheLine)});
  chunks_.back().data = New(bytes);
  size_t in_chunks = 0;
  for (const Chunk& chunk : chunks_) in_chunks += chunk.bytes;
  most_in_chunks_ = std::max(most_in_chunks_, in_chunks);
  return chunks_.back().data;
}

void SearchArena::Keep() {
  if (most_in_chunks_ == 0) return;
  const size_t wanted = std::bit_ceil(block_.bytes + most_in_chunks_);
  most_in_chunks_ = 0;
  if (wanted > kMostKept) return;
  Delete(block_.data);
  block_ = {nullptr, 0};
  block_ = {New(wanted), wanted};
}

SearchArena::Scope::Scope(SearchArena& arena)
    : arena_(arena), used_(arena.used_), chunks_(arena.chunks_.size()) {
  ++arena.scopes_;
}

SearchArena::Scope::~Scope() {
  for (; arena_.chunks_.size() > chunks_; arena_.chunks_.pop_back()) {
    Delete(arena_.chunks_.back().data);
  }
  arena_.used_ = used_;
  if (--arena_.scopes_ == 0) arena_.Keep();
}

}  // namespace nestor
