#ifndef NESTOR_BENCHMARKS_LOAD_OPERATION_H_
#define NESTOR_BENCHMARKS_LOAD_OPERATION_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace nestor::bench {

enum class OperationKind : uint8_t { kSearch, kUpsert, kDelete };
inline constexpr size_t kOperationKinds = 3;

constexpr absl::string_view OperationName(OperationKind kind) {
  switch (kind) {
    case OperationKind::kSearch:
      return "search";
    case OperationKind::kUpsert:
      return "upsert";
    case OperationKind::kDelete:
      return "delete";
  }
  return "unknown";
}

// One call of a load, before it is sent.
struct Operation {
  OperationKind kind = OperationKind::kSearch;
  uint32_t query = 0;       // what a search looks for
  uint32_t row = 0;         // of the base, that an upsert or a delete is about
  bool explain = false;     // ask a search for the times of its stages
  int64_t intended_ns = 0;  // when it is to be sent, since the load began; the loop sets it
};

// What came of one call. `found` is the number of true neighbours in the answer to a search.
struct OperationResult {
  absl::StatusCode code = absl::StatusCode::kOk;
  uint16_t found = 0;
};

// One call of a load, when it is over: 32 bytes, because a load keeps all of them. Times are in
// nanoseconds since the load began.
struct OperationRecord {
  int64_t intended_ns = 0;  // when the schedule wanted it sent
  int64_t sent_ns = 0;      // when it was; kNotSent: it was skipped, for one of the reasons below
  int64_t done_ns = 0;
  uint32_t query = 0;
  uint16_t found = 0;
  OperationKind kind = OperationKind::kSearch;
  uint8_t code = 0;  // an absl::StatusCode

  static constexpr int64_t kNotSent = -1;
  // The `code` of a call that was skipped: too many others waited for answers, or it was too late.
  static constexpr absl::StatusCode kCrowded = absl::StatusCode::kResourceExhausted;
  static constexpr absl::StatusCode kLate = absl::StatusCode::kAborted;

  bool skipped() const { return sent_ns == kNotSent; }
  bool ok() const { return !skipped() && code == 0; }
  absl::StatusCode status_code() const { return static_cast<absl::StatusCode>(code); }
  // From the intended time: what a user would have waited who came when the schedule says.
  double latency_ms() const { return 1e-6 * static_cast<double>(done_ns - intended_ns); }
  double lag_ms() const { return 1e-6 * static_cast<double>(sent_ns - intended_ns); }
  // Whether its time belongs into percentiles: an error that comes at once says nothing of how
  // long an answer takes, but a call that ran out of time has waited at least so long.
  bool timed() const { return ok() || (!skipped() && code == kDeadlineExceeded); }

 private:
  static constexpr uint8_t kDeadlineExceeded =
      static_cast<uint8_t>(absl::StatusCode::kDeadlineExceeded);
};
static_assert(sizeof(OperationRecord) == 32);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_OPERATION_H_
