#ifndef NESTOR_ENGINE_PARALLEL_FOR_H_
#define NESTOR_ENGINE_PARALLEL_FOR_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <thread>
#include <vector>

namespace nestor {

// Calls work(worker, i) for each i in 0..count, on up to `threads` threads, this one among them.
// `worker` is a number below `threads` that no other thread has at the time: for memory of its own.
// Throws what a call threw first, after all have ended, and std::system_error if a thread cannot be
// started.
template <typename Work>
void ParallelFor(size_t threads, size_t count, const Work& work) {
  constexpr size_t kChunk = 16;  // taken at a time
  std::atomic<size_t> next{0};
  std::atomic<bool> failed{false};
  std::exception_ptr failure;
  const auto run = [&](size_t worker) {
    try {
      while (!failed) {
        const size_t begin = next.fetch_add(kChunk);
        if (begin >= count) return;
        for (size_t i = begin; i < std::min(begin + kChunk, count); ++i) work(worker, i);
      }
    } catch (...) {
      if (!failed.exchange(true)) failure = std::current_exception();
    }
  };
  {
    const size_t chunks = (count + kChunk - 1) / kChunk;
    std::vector<std::jthread> others;
    for (size_t worker = 1; worker < std::min(threads, chunks); ++worker) {
      others.emplace_back(run, worker);
    }
    run(0);
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace nestor

#endif  // NESTOR_ENGINE_PARALLEL_FOR_H_
