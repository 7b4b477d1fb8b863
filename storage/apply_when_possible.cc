#include "storage/apply_when_possible.h"

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr absl::Duration kPause = absl::Milliseconds(50);

}  // namespace

absl::Status ApplyWhenPossible(PointStore& store, const storage::CommitRecord& record,
                               absl::FunctionRef<absl::Status()> stop) {
  for (;;) {
    NESTOR_RETURN_IF_ERROR(stop());
    const absl::Status status = store.Apply({&record, 1});
    if (!absl::IsResourceExhausted(status)) return status;
    absl::SleepFor(kPause);
  }
}

absl::Status ApplyWhenPossible(PointStore& store, const storage::CommitRecord& record) {
  return ApplyWhenPossible(store, record, [] { return absl::OkStatus(); });
}

}  // namespace nestor
