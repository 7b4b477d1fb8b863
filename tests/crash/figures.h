#ifndef NESTOR_TESTS_CRASH_FIGURES_H_
#define NESTOR_TESTS_CRASH_FIGURES_H_

#include <atomic>
#include <cstdint>

namespace nestor::testing {

// What a harness did, for its last line.
//
// Thread safety: thread-safe.
struct Figures {
  std::atomic<uint64_t> operations{0};  // calls of the workload, whatever their answer
  std::atomic<uint64_t> refused{0};     // writes that certainly did not happen
  std::atomic<uint64_t> uncertain{0};   // writes of which nobody was told how they ended
  // Searches for what a client had just written or deleted, by that client.
  std::atomic<uint64_t> own_write_probes{0};
  std::atomic<uint64_t> reads_checked{0};  // points, hits and absences, each explained
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CRASH_FIGURES_H_
