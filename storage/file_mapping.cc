#include "storage/file_mapping.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "storage/check.h"

namespace nestor {
namespace {

constexpr size_t kCacheLine = 64;

// Where a read of this thread goes on if it meets a page that cannot be read.
struct ReadGuard {
  sigjmp_buf go_on;
  volatile sig_atomic_t armed = 0;
};
thread_local ReadGuard read_guard;

struct sigaction handler_before;

void HandleSigbus(int, siginfo_t* info, void* context) {
  if (read_guard.armed != 0) {
    read_guard.armed = 0;
    // What is blocked in here must not stay so.
    pthread_sigmask(SIG_SETMASK, &static_cast<const ucontext_t*>(context)->uc_sigmask, nullptr);
    siglongjmp(read_guard.go_on, 1);
  }
  // Not ours: the access is repeated, under the handler that was there before.
  sigaction(SIGBUS, &handler_before, nullptr);
  if (info->si_code <= 0) raise(SIGBUS);  // there was no access, somebody sent it
}

void SetHandlerOnce() {
  [[maybe_unused]] static const bool set = [] {
    struct sigaction action {};
    action.sa_sigaction = HandleSigbus;
    action.sa_flags = SA_SIGINFO;
    NESTOR_CHECK(sigaction(SIGBUS, &action, &handler_before) == 0);
    return true;
  }();
}

absl::Status MapError(const std::string& path) {
  return absl::UnavailableError(absl::StrCat("map ", path, ": ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const FileMapping>> FileMapping::Map(const std::string& path,
                                                                    uint64_t begin,
                                                                    uint64_t bytes) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return MapError(path);
  const uint64_t before = begin % static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  const size_t mapped_bytes = before + bytes;
  void* const mapped =
      mmap(nullptr, mapped_bytes, PROT_READ, MAP_SHARED, file, static_cast<off_t>(begin - before));
  const int error = errno;
  close(file);
  errno = error;
  if (mapped == MAP_FAILED) return MapError(path);
  // Rows come from anywhere: what lies around one is not worth reading, unless ReadAhead says so.
  madvise(mapped, mapped_bytes, MADV_RANDOM);
  SetHandlerOnce();
  char* const start = static_cast<char*>(mapped);
  return std::shared_ptr<const FileMapping>(new FileMapping(start, mapped_bytes, start + before));
}

FileMapping::~FileMapping() { munmap(mapped_, mapped_bytes_); }

bool FileMapping::Copy(uint64_t offset, size_t count, void* out) const {
  return ReadMapped([&] { std::memcpy(out, data_ + offset, count); });
}

bool FileMapping::ReadAhead(uint64_t offset, size_t count) const {
  if (count == 0) return false;
  const auto page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  const uint64_t begin = static_cast<uint64_t>(data_ - mapped_) + offset;
  const uint64_t first = begin / page * page;
  const uint64_t last = (begin + count - 1) / page * page;
  const auto is_there = [&](uint64_t at) {
    unsigned char there = 0;
    return mincore(mapped_ + at, page, &there) == 0 && (there & 1) != 0;
  };
  if (is_there(last) && (first == last || is_there(first))) return false;
  return madvise(mapped_ + first, last - first + page, MADV_WILLNEED) == 0;
}

void FileMapping::Prefetch(uint64_t offset, size_t count) const {
  for (size_t at = 0; at < count; at += kCacheLine) {
    __builtin_prefetch(data_ + offset + at, 0, 2);
  }
}

bool ReadMapped(absl::FunctionRef<void()> read) {
  if (sigsetjmp(read_guard.go_on, 0) != 0) return false;
  read_guard.armed = 1;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  read();
  std::atomic_signal_fence(std::memory_order_seq_cst);
  read_guard.armed = 0;
  return true;
}

}  // namespace nestor
