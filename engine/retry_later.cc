#include "engine/retry_later.h"

#include "absl/strings/cord.h"
#include "nestor/rpc/status.pb.h"

namespace nestor {
namespace {

constexpr char kRetryInfo[] = "type.googleapis.com/google.rpc.RetryInfo";

}  // namespace

absl::Status RetryLaterError(absl::string_view message, absl::Duration delay) {
  rpc::RetryInfo details;
  const int64_t seconds = absl::IDivDuration(delay, absl::Seconds(1), &delay);
  details.mutable_retry_delay()->set_seconds(seconds);
  details.mutable_retry_delay()->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(delay)));
  absl::Status status = absl::ResourceExhaustedError(message);
  status.SetPayload(kRetryInfo, absl::Cord(details.SerializeAsString()));
  return status;
}

bool IsRetryLater(const absl::Status& status) { return status.GetPayload(kRetryInfo).has_value(); }

}  // namespace nestor
