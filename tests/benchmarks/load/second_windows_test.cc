#include "benchmarks/load/second_windows.h"

#include <gtest/gtest.h>

#include "tests/benchmarks/load/milliseconds.h"

namespace nestor::bench {
namespace {

OperationRecord Search(int64_t intended_ms, int64_t took_ms, uint16_t found,
                       absl::StatusCode code = absl::StatusCode::kOk) {
  OperationRecord record;
  record.intended_ns = record.sent_ns = intended_ms * kMs;
  record.done_ns = (intended_ms + took_ms) * kMs;
  record.found = found;
  record.code = static_cast<uint8_t>(code);
  return record;
}

TEST(SecondWindowsTest, ACallBelongsToTheSecondItWasMeantFor) {
  const TruthSet truth({{{1, 2}, {}}}, 2, TruthSet::kNoChurn);
  std::vector<OperationRecord> records = {Search(2000, 10, 2), Search(2999, 3000, 1),
                                          Search(3000, 1, 0, absl::StatusCode::kUnavailable),
                                          Search(4500, 7, 0, absl::StatusCode::kDeadlineExceeded)};
  OperationRecord write = Search(2500, 9, 0);
  write.kind = OperationKind::kUpsert;
  records.push_back(write);
  OperationRecord skipped = Search(2500, 0, 0);
  skipped.sent_ns = OperationRecord::kNotSent;
  records.push_back(skipped);
  EXPECT_EQ(SecondWindowsJson(records, 2000 * kMs, 4600 * kMs, truth).dump(),
            "[{\"second\":0,\"count\":2,\"errors\":0,\"p50_ms\":10.0,\"p99_ms\":3000.0,"
            "\"max_ms\":3000.0,\"recall_sum\":1.5,\"recall_count\":2},"
            "{\"second\":1,\"count\":0,\"errors\":1,\"p50_ms\":null,\"p99_ms\":null,"
            "\"max_ms\":null,\"recall_sum\":0.0,\"recall_count\":0},"
            "{\"second\":2,\"count\":1,\"errors\":1,\"p50_ms\":7.0,\"p99_ms\":7.0,"
            "\"max_ms\":7.0,\"recall_sum\":0.0,\"recall_count\":0}]");
}

}  // namespace
}  // namespace nestor::bench
