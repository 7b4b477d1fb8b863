#include "benchmarks/load/measured_records.h"

#include "absl/strings/str_cat.h"

namespace nestor::bench {
namespace {

// Whether a search that ended with this code says that the server has too much to do, and not that
// it is not there, for example.
bool IsOverload(absl::StatusCode code) {
  return code == absl::StatusCode::kDeadlineExceeded ||
         code == absl::StatusCode::kResourceExhausted;
}

}  // namespace

void KeepMeasured(const std::deque<OperationRecord>& calls, MeasuredRun* run) {
  const auto within = [&](int64_t ns) { return ns >= run->begin_ns && ns < run->end_ns; };
  for (const OperationRecord& record : calls) {
    if (within(record.intended_ns)) run->records.push_back(record);
    if (record.ok() && within(record.done_ns)) ++run->answered;
  }
}

absl::Status CheckAnswered(const std::vector<OperationRecord>& records, const std::string& server) {
  bool skipped = false;
  absl::StatusCode code = absl::StatusCode::kOk;
  for (const OperationRecord& record : records) {
    if (record.kind != OperationKind::kSearch) continue;
    if (record.skipped()) {
      skipped = true;
      continue;
    }
    code = record.status_code();
    if (record.ok() || IsOverload(code)) return absl::OkStatus();
  }
  if (code != absl::StatusCode::kOk) {
    return absl::Status(code, absl::StrCat("the server at ", server, " answered no search"));
  }
  if (skipped) return absl::OkStatus();
  return absl::DeadlineExceededError("no search was due: --seconds or the rate are too small");
}

}  // namespace nestor::bench
