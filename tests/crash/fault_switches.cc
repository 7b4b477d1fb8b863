#include "tests/crash/fault_switches.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"

namespace nestor::testing {

absl::StatusOr<std::unique_ptr<SharedFaultSwitches>> SharedFaultSwitches::Create(
    const std::string& path) {
  return Map(path, O_RDWR | O_CREAT | O_TRUNC);
}

absl::StatusOr<std::unique_ptr<SharedFaultSwitches>> SharedFaultSwitches::Attach(
    const std::string& path) {
  return Map(path, O_RDWR);
}

absl::StatusOr<std::unique_ptr<SharedFaultSwitches>> SharedFaultSwitches::Map(
    const std::string& path, int flags) {
  const int file = open(path.c_str(), flags | O_CLOEXEC, 0644);
  void* memory = MAP_FAILED;
  if (file >= 0 && ftruncate(file, sizeof(FaultSwitches)) == 0) {
    memory = mmap(nullptr, sizeof(FaultSwitches), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  }
  if (file >= 0) close(file);
  if (memory == MAP_FAILED) return absl::UnavailableError(absl::StrCat("cannot map ", path));
  return std::unique_ptr<SharedFaultSwitches>(
      new SharedFaultSwitches(static_cast<FaultSwitches*>(memory)));
}

SharedFaultSwitches::~SharedFaultSwitches() { munmap(switches_, sizeof(FaultSwitches)); }

}  // namespace nestor::testing
