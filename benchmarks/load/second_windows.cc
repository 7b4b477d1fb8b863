#include "benchmarks/load/second_windows.h"

#include <utility>

#include "benchmarks/load/latency_summary.h"

namespace nestor::bench {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;

struct Window {
  std::vector<double> latencies_ms;
  uint64_t errors = 0;
  double recall_sum = 0;
  uint64_t recall_count = 0;
};

void AddTo(const OperationRecord& record, const TruthSet& truth, Window* window) {
  if (record.timed()) window->latencies_ms.push_back(record.latency_ms());
  if (!record.ok()) {
    ++window->errors;
  } else if (truth.wanted(record.query) > 0) {
    window->recall_sum += truth.Recall(record.query, record.found);
    ++window->recall_count;
  }
}

Json WindowJson(size_t second, Window window) {
  const LatencySummary summary = Summarise(std::move(window.latencies_ms));
  const auto or_null = [&](double ms) { return summary.count == 0 ? Json(nullptr) : Json(ms); };
  return {{"second", second},
          {"count", summary.count},
          {"errors", window.errors},
          {"p50_ms", or_null(summary.p50)},
          {"p99_ms", or_null(summary.p99)},
          {"max_ms", or_null(summary.max)},
          {"recall_sum", window.recall_sum},
          {"recall_count", window.recall_count}};
}

}  // namespace

Json SecondWindowsJson(absl::Span<const OperationRecord> records, int64_t begin_ns, int64_t end_ns,
                       const TruthSet& truth) {
  std::vector<Window> windows(static_cast<size_t>((end_ns - begin_ns + kSecondNs - 1) / kSecondNs));
  for (const OperationRecord& record : records) {
    if (record.kind != OperationKind::kSearch || record.skipped()) continue;
    AddTo(record, truth,
          &windows[static_cast<size_t>((record.intended_ns - begin_ns) / kSecondNs)]);
  }
  Json array = Json::array();
  for (size_t i = 0; i < windows.size(); ++i) array.push_back(WindowJson(i, std::move(windows[i])));
  return array;
}

}  // namespace nestor::bench
