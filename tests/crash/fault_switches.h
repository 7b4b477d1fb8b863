#ifndef NESTOR_TESTS_CRASH_FAULT_SWITCHES_H_
#define NESTOR_TESTS_CRASH_FAULT_SWITCHES_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace nestor::testing {

// The environment variable with the path of the switches that a server obeys; unset: no faults.
inline constexpr char kFaultsVariable[] = "NESTOR_FAULTS";

// What goes wrong with a file system, and what did: see faulty_files.h. It lies in a file that a
// harness and its server both map; all zeros is no faults.
//
// Thread safety: thread-safe, and between processes.
struct FaultSwitches {
  // What is written stays in the process until it is synced.
  std::atomic<uint32_t> hold_back;
  // With hold_back: now and then the first part of what waits is passed on, as a disk might.
  std::atomic<uint32_t> tear;
  // With hold_back: a sync of a log of writes says that it was done, and was not.
  std::atomic<uint32_t> lie_about_logs;
  // One operation of so many fails with an I/O error; 0: none.
  std::atomic<uint32_t> fail_one_in;

  std::atomic<uint64_t> failures;      // that were injected
  std::atomic<uint64_t> failed_syncs;  // of those
  // Bytes that wait for a sync; after the death of the server, those that were lost.
  std::atomic<uint64_t> held_bytes;
};
static_assert(std::atomic<uint64_t>::is_always_lock_free);

// FaultSwitches in a file.
class SharedFaultSwitches {
 public:
  // All off. UnavailableError naming the path.
  static absl::StatusOr<std::unique_ptr<SharedFaultSwitches>> Create(const std::string& path);
  // Those that another process has created.
  static absl::StatusOr<std::unique_ptr<SharedFaultSwitches>> Attach(const std::string& path);
  ~SharedFaultSwitches();
  SharedFaultSwitches(const SharedFaultSwitches&) = delete;
  SharedFaultSwitches& operator=(const SharedFaultSwitches&) = delete;

  FaultSwitches& operator*() const { return *switches_; }
  FaultSwitches* operator->() const { return switches_; }

 private:
  explicit SharedFaultSwitches(FaultSwitches* switches) : switches_(switches) {}
  static absl::StatusOr<std::unique_ptr<SharedFaultSwitches>> Map(const std::string& path,
                                                                  int flags);

  FaultSwitches* const switches_;
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CRASH_FAULT_SWITCHES_H_
