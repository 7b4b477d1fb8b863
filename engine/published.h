#ifndef NESTOR_ENGINE_PUBLISHED_H_
#define NESTOR_ENGINE_PUBLISHED_H_

#include <atomic>
#include <memory>
#include <thread>
#include <utility>

namespace nestor {

// A shared_ptr that one writer at a time replaces while any number of readers copy it. Readers
// never wait: not for the writer, not for each other. (std::atomic<std::shared_ptr> of GCC 12 is a
// spin lock whose reader side ThreadSanitizer rightly reports.)
//
// Two slots; `current_` names the one that readers copy. A reader counts itself in before it copies
// and checks that the slot is still current; a writer fills the other slot once the last straggler
// has left it, then switches over.
//
// Thread safety: Load() from any thread; Store() calls must be serialised by the caller.
template <typename T>
class Published {
 public:
  explicit Published(std::shared_ptr<const T> value) { slots_[0].value = std::move(value); }

  std::shared_ptr<const T> Load() const {
    for (;;) {
      const int index = current_.load();
      const Slot& slot = slots_[index];
      slot.readers.fetch_add(1);
      if (current_.load() == index) {
        std::shared_ptr<const T> value = slot.value;
        slot.readers.fetch_sub(1);
        return value;
      }
      slot.readers.fetch_sub(1);
    }
  }

  void Store(std::shared_ptr<const T> value) {
    const int next = 1 - current_.load();
    Slot& slot = slots_[next];
    while (slot.readers.load() != 0) std::this_thread::yield();
    slot.value.swap(value);
    current_.store(next);
    // The previous value stays in the other slot until the next Store; drop it as soon as its
    // readers are gone.
    Slot& previous = slots_[1 - next];
    while (previous.readers.load() != 0) std::this_thread::yield();
    previous.value.reset();
  }

 private:
  struct alignas(64) Slot {
    mutable std::atomic<int> readers{0};
    std::shared_ptr<const T> value;
  };
  Slot slots_[2];
  alignas(64) std::atomic<int> current_{0};
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_PUBLISHED_H_
