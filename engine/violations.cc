#include "engine/violations.h"

#include "absl/strings/str_cat.h"

namespace nestor {
namespace {

// gRPC carries a message as metadata, of which a client takes 8 KiB.
constexpr size_t kMaxMessageBytes = 2048;

}  // namespace

absl::Status Violations::ToStatus() const {
  if (list_.empty()) return absl::OkStatus();
  std::string message;
  for (size_t i = 0; i < list_.size(); ++i) {
    if (message.size() > kMaxMessageBytes) {
      absl::StrAppend(&message, "; and ", list_.size() - i, " more");
      break;
    }
    absl::StrAppend(&message, i == 0 ? "" : "; ", list_[i].field, ": ", list_[i].problem);
  }
  return absl::InvalidArgumentError(message);
}

}  // namespace nestor
