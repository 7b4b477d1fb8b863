#ifndef NESTOR_ENGINE_SEARCH_ARENA_H_
#define NESTOR_ENGINE_SEARCH_ARENA_H_

#include <cstddef>
#include <memory_resource>
#include <vector>

namespace nestor {

// Memory for what searches need until they are done: handed out in a row, given back all at once
// and kept for the next search, so that one like those before it allocates nothing. What is freed
// on its own is not used again before that.
//
//   SearchArena& arena = SearchArena::OfThread();
//   const SearchArena::Scope scope(arena);
//   std::pmr::vector<Candidate> candidates(&arena);
//
// Thread safety: none.
class SearchArena final : public std::pmr::memory_resource {
 public:
  // The one of the calling thread.
  static SearchArena& OfThread();

  SearchArena() = default;
  ~SearchArena() override;
  SearchArena(const SearchArena&) = delete;
  SearchArena& operator=(const SearchArena&) = delete;

  // Gives back, when it ends, all that was handed out since it began. Scopes nest.
  class Scope {
   public:
    explicit Scope(SearchArena& arena);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    SearchArena& arena_;
    const size_t used_;
    const size_t chunks_;
  };

 private:
  struct Chunk {
    void* data;
    size_t bytes;
  };

  void* do_allocate(size_t bytes, size_t alignment) override;
  void do_deallocate(void* /*data*/, size_t /*bytes*/, size_t /*alignment*/) override {}
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }
  // Grows the block to what was needed last, when nothing is in use.
  void Keep();

  Chunk block_ = {nullptr, 0};
  size_t used_ = 0;            // of the block
  std::vector<Chunk> chunks_;  // what the block had no room for
  size_t most_in_chunks_ = 0;  // bytes at once since the block last grew
  int scopes_ = 0;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_SEARCH_ARENA_H_
