// Tells ThreadSanitizer about Abseil's locks. Linked into every program of the tsan build, and into
// nothing else.
//
// Debian's Abseil is not instrumented, so ThreadSanitizer cannot see that absl::Mutex orders
// anything, and would report every correctly guarded member as a race. The functions below take the
// place of Abseil's exported ones: each calls the one it hides and says what it means:
//
//   Lock     -> acquire what earlier Unlock() and ReaderUnlock() calls released
//   Unlock   -> release
//
// Conditions (Await, LockWhen) run inside Abseil, perhaps on the thread that unlocks and after it
// has said "released". They run under the lock all the same, so their reads are not looked at.
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"

extern "C" {
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
}

namespace absl {
ABSL_NAMESPACE_BEGIN
namespace {

// The function that `here`, defined in this file, hides: the next definition of the same symbol.
// A pointer to a non-virtual member holds the address of the code, then an offset of zero (Itanium
// C++ ABI, 2.3).
template <typename Member>
Member Hidden(Member here) {
  void* address = nullptr;
  std::memcpy(&address, &here, sizeof(address));
  Dl_info symbol = {};
  void* hidden = nullptr;
  if (dladdr(address, &symbol) != 0 && symbol.dli_saddr == address && symbol.dli_sname != nullptr) {
    hidden = dlsym(RTLD_NEXT, symbol.dli_sname);
  }
  if (hidden == nullptr) {
    std::fprintf(stderr, "absl_sync_for_tsan.cc: a function of Abseil was not found\n");
    std::abort();
  }
  std::memcpy(&here, &hidden, sizeof(hidden));
  return here;
}

// Readers release to an address of their own, so that one reader does not look ordered after
// another.
void* WriterSide(const void* lock) { return const_cast<void*>(lock); }
void* ReaderSide(const void* lock) { return const_cast<char*>(static_cast<const char*>(lock) + 1); }

void AcquireAll(const void* lock) {
  __tsan_acquire(WriterSide(lock));
  __tsan_acquire(ReaderSide(lock));
}

class IgnoreReads {
 public:
  IgnoreReads() { AnnotateIgnoreReadsBegin(__FILE__, __LINE__); }
  ~IgnoreReads() { AnnotateIgnoreReadsEnd(__FILE__, __LINE__); }
  IgnoreReads(const IgnoreReads&) = delete;
  IgnoreReads& operator=(const IgnoreReads&) = delete;
};

}  // namespace

void Mutex::Lock() {
  static const auto hidden = Hidden(&Mutex::Lock);
  (this->*hidden)();
  AcquireAll(this);
}

bool Mutex::TryLock() {
  static const auto hidden = Hidden(&Mutex::TryLock);
  const bool locked = (this->*hidden)();
  if (locked) AcquireAll(this);
  return locked;
}

void Mutex::Unlock() {
  static const auto hidden = Hidden(&Mutex::Unlock);
  __tsan_release(WriterSide(this));
  IgnoreReads in_conditions;
  (this->*hidden)();
}

void Mutex::ReaderLock() {
  static const auto hidden = Hidden(&Mutex::ReaderLock);
  (this->*hidden)();
  __tsan_acquire(WriterSide(this));
}

bool Mutex::ReaderTryLock() {
  static const auto hidden = Hidden(&Mutex::ReaderTryLock);
  const bool locked = (this->*hidden)();
  if (locked) __tsan_acquire(WriterSide(this));
  return locked;
}

void Mutex::ReaderUnlock() {
  static const auto hidden = Hidden(&Mutex::ReaderUnlock);
  __tsan_release(ReaderSide(this));
  IgnoreReads in_conditions;
  (this->*hidden)();
}

// Behind every LockWhen() and ReaderLockWhen().
bool Mutex::LockSlowWithDeadline(MuHow how, const Condition* condition,
                                 synchronization_internal::KernelTimeout timeout, int flags) {
  static const auto hidden = Hidden(&Mutex::LockSlowWithDeadline);
  bool satisfied = false;
  {
    IgnoreReads in_conditions;
    satisfied = (this->*hidden)(how, condition, timeout, flags);
  }
  AcquireAll(this);
  return satisfied;
}

// Behind every Await(), which unlocks while it waits.
bool Mutex::AwaitCommon(const Condition& condition,
                        synchronization_internal::KernelTimeout timeout) {
  static const auto hidden = Hidden(&Mutex::AwaitCommon);
  __tsan_release(WriterSide(this));
  bool satisfied = false;
  {
    IgnoreReads in_conditions;
    satisfied = (this->*hidden)(condition, timeout);
  }
  AcquireAll(this);
  return satisfied;
}

// Behind every CondVar::Wait(), which unlocks while it waits.
bool CondVar::WaitCommon(Mutex* mutex, synchronization_internal::KernelTimeout timeout) {
  static const auto hidden = Hidden(&CondVar::WaitCommon);
  __tsan_release(WriterSide(mutex));
  bool timed_out = false;
  {
    IgnoreReads in_conditions;
    timed_out = (this->*hidden)(mutex, timeout);
  }
  AcquireAll(mutex);
  return timed_out;
}

// HasBeenNotified() is compiled into our own code and reads the flag that follows the mutex.
void Notification::Notify() {
  static const auto hidden = Hidden(&Notification::Notify);
  __tsan_release(this);
  __tsan_release(reinterpret_cast<char*>(this) + sizeof(Mutex));
  (this->*hidden)();
}

void Notification::WaitForNotification() const {
  static const auto hidden = Hidden(&Notification::WaitForNotification);
  (this->*hidden)();
  __tsan_acquire(const_cast<Notification*>(this));
}

bool Notification::WaitForNotificationWithTimeout(absl::Duration timeout) const {
  static const auto hidden = Hidden(&Notification::WaitForNotificationWithTimeout);
  const bool notified = (this->*hidden)(timeout);
  if (notified) __tsan_acquire(const_cast<Notification*>(this));
  return notified;
}

bool Notification::WaitForNotificationWithDeadline(absl::Time deadline) const {
  static const auto hidden = Hidden(&Notification::WaitForNotificationWithDeadline);
  const bool notified = (this->*hidden)(deadline);
  if (notified) __tsan_acquire(const_cast<Notification*>(this));
  return notified;
}

bool BlockingCounter::DecrementCount() {
  static const auto hidden = Hidden(&BlockingCounter::DecrementCount);
  __tsan_release(this);
  return (this->*hidden)();
}

void BlockingCounter::Wait() {
  static const auto hidden = Hidden(&BlockingCounter::Wait);
  (this->*hidden)();
  __tsan_acquire(this);
}

ABSL_NAMESPACE_END
}  // namespace absl
