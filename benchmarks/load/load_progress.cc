#include "benchmarks/load/load_progress.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_format.h"
#include "benchmarks/quantile.h"

namespace nestor::bench {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr absl::Duration kRedrawEvery = absl::Milliseconds(250);
constexpr absl::Duration kLineEvery = absl::Seconds(5);
constexpr char kClearLine[] = "\r\x1b[K";

}  // namespace

void RecentCalls::Add(const std::vector<OperationRecord>& records, int64_t now_ns) {
  for (const OperationRecord& record : records) {
    last_.push_back(record);
    const bool judged =
        record.ok() && record.kind == OperationKind::kSearch && truth_.wanted(record.query) > 0;
    if (!judged) continue;
    recall_sum_ += truth_.Recall(record.query, record.found);
    recall_count_ += 1;
  }
  while (!last_.empty() && last_.front().done_ns <= now_ns - kSecondNs) last_.pop_front();
}

double RecentCalls::answers_per_second() const {
  return static_cast<double>(std::count_if(
      last_.begin(), last_.end(), [](const OperationRecord& record) { return record.ok(); }));
}

double RecentCalls::LatencyMs(double quantile) const {
  std::vector<double> latencies_ms;
  for (const OperationRecord& record : last_) {
    if (record.kind == OperationKind::kSearch && record.timed()) {
      latencies_ms.push_back(record.latency_ms());
    }
  }
  return latencies_ms.empty() ? 0 : Quantile(std::move(latencies_ms), quantile);
}

std::optional<double> RecentCalls::recall() const {
  if (recall_count_ == 0) return std::nullopt;
  return recall_sum_ / recall_count_;
}

bool LoadProgress::Due(absl::Time now) const {
  return now - shown_ >= (style_ == ProgressStyle::kBar ? kRedrawEvery : kLineEvery);
}

std::string LoadProgress::Show(const std::string& phase, const RecentCalls& calls,
                               absl::Duration left, absl::Time now) {
  shown_ = now;
  drawn_ = true;
  std::string text = absl::StrFormat("%s  %.0f/s  p50 %.2f ms  p99 %.2f ms", phase,
                                     calls.answers_per_second(), calls.p50_ms(), calls.p99_ms());
  if (const std::optional<double> recall = calls.recall(); recall.has_value()) {
    absl::StrAppendFormat(&text, "  recall %.4f", *recall);
  }
  const double seconds = std::ceil(absl::ToDoubleSeconds(std::max(left, absl::ZeroDuration())));
  absl::StrAppendFormat(&text, "  %.0f s left", seconds);
  return style_ == ProgressStyle::kBar ? kClearLine + text : text + "\n";
}

std::string LoadProgress::Finish() {
  return std::exchange(drawn_, false) && style_ == ProgressStyle::kBar ? kClearLine : "";
}

}  // namespace nestor::bench
