#include "engine/disk_waits.h"

#include <sys/resource.h>

namespace nestor {
namespace {

constexpr size_t kFew = 4;  // not worth asking for hundreds

}  // namespace

void DiskWaits::RowsWereRead(size_t asked_for) {
  rusage usage = {};
  (void)getrusage(RUSAGE_THREAD, &usage);  // cannot fail
  const auto waited_for = static_cast<size_t>(usage.ru_majflt - pages_);
  pages_ = usage.ru_majflt;
  expected_ = waited_for + asked_for >= kFew;
}

}  // namespace nestor
