#include "client/progress.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace nestor {
namespace {

constexpr absl::Duration kBarEvery = absl::Milliseconds(100);
constexpr absl::Duration kLineEvery = absl::Seconds(2);
constexpr absl::Duration kSampleEvery = absl::Milliseconds(100);
constexpr double kRateMemorySeconds = 5;
constexpr int kBarCells = 24;
constexpr char kClearLine[] = "\r\x1b[K";

}  // namespace

std::optional<std::string> Progress::Update(uint64_t done, absl::Time now) {
  Sample(done, now);
  if (now - shown_ < (style_ == ProgressStyle::kBar ? kBarEvery : kLineEvery)) return std::nullopt;
  shown_ = now;
  drawn_ = true;
  return style_ == ProgressStyle::kBar ? Bar(done) : Line(done);
}

std::string Progress::Finish() const {
  return drawn_ && style_ == ProgressStyle::kBar ? kClearLine : "";
}

void Progress::Sample(uint64_t done, absl::Time now) {
  const absl::Duration step = now - sampled_;
  if (step < kSampleEvery) return;
  const double seconds = absl::ToDoubleSeconds(step);
  const double latest = static_cast<double>(done - sampled_done_) / seconds;
  // The first sample stands alone; later ones are forgotten exponentially.
  const double weight = sampled_ == start_ ? 1 : 1 - std::exp(-seconds / kRateMemorySeconds);
  rate_ += weight * (latest - rate_);
  sampled_ = now;
  sampled_done_ = done;
}

double Progress::Percent(uint64_t done) const {
  return total_ == 0 ? 100 : 100.0 * static_cast<double>(done) / static_cast<double>(total_);
}

std::string Progress::Bar(uint64_t done) const {
  const int cells = static_cast<int>(Percent(done) / 100 * kBarCells);
  return absl::StrFormat("%s[%s%s] %3.0f %%  %s of %s points  %s points/s  %s", kClearLine,
                         std::string(cells, '#'), std::string(kBarCells - cells, '-'),
                         std::floor(Percent(done)), WithThousands(done), WithThousands(total_),
                         WithThousands(static_cast<uint64_t>(rate_)), TimeLeft(done));
}

std::string Progress::Line(uint64_t done) const {
  return absl::StrFormat("%d of %d points (%.0f %%), %.0f points/s, %s\n", done, total_,
                         std::floor(Percent(done)), rate_, TimeLeft(done));
}

std::string Progress::TimeLeft(uint64_t done) const {
  if (rate_ < 1) return "time left unknown";
  const auto seconds = static_cast<int64_t>(std::ceil(static_cast<double>(total_ - done) / rate_));
  return absl::StrFormat("%d:%02d:%02d left", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string WithThousands(uint64_t number) {
  std::string digits = absl::StrCat(number);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<size_t>(at), 1, ',');
  return digits;
}

}  // namespace nestor
