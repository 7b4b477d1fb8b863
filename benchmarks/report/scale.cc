#include "benchmarks/report/scale.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"

namespace nestor::bench {
namespace {

constexpr int kTicks = 6;  // about so many
// Percentiles beyond this are drawn at it: 100 % has no place on an axis of nines.
constexpr double kMostNines = 5;

double Stretch(AxisScale kind, double value) {
  switch (kind) {
    case AxisScale::kLinear:
      return value;
    case AxisScale::kLog:
      return std::log10(value);
    case AxisScale::kNines:
      return value >= 100 ? kMostNines : std::min(kMostNines, -std::log10(1 - value / 100));
  }
  return value;
}

// 1, 2 or 5 times a power of ten, so that some kTicks steps cover the range.
double NiceStep(double range) {
  const double rough = range / kTicks;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough) return factor * power;
  }
  return 10 * power;
}

std::vector<double> LinearTicks(double low, double high) {
  if (high <= low) {  // one value: room around it
    const double room = low == 0 ? 1 : std::abs(low) * 0.1;
    low -= room;
    high += room;
  }
  const double step = NiceStep(high - low);
  const double slack = 1e-9 * step;
  std::vector<double> ticks;
  const double first = std::floor((low + slack) / step);
  const double last = std::ceil((high - slack) / step);
  for (double i = first; i <= last; ++i) ticks.push_back(i * step);
  return ticks;
}

// Powers of ten, and 2 and 5 times them where the range is short.
std::vector<double> LogTicks(double low, double high) {
  const bool is_short = high / low < 300;
  std::vector<double> all;
  for (double power = std::pow(10, std::floor(std::log10(low)) - 1); power <= high * 10;
       power *= 10) {
    all.push_back(power);
    if (is_short) all.insert(all.end(), {2 * power, 5 * power});
  }
  constexpr double kSlack = 1e-9;
  auto first = std::upper_bound(all.begin(), all.end(), low * (1 + kSlack)) - 1;
  auto last = std::lower_bound(all.begin(), all.end(), high * (1 - kSlack));
  if (first == last) ++last;
  return {first, last + 1};
}

std::vector<double> NinesTicks(double low, double high) {
  static constexpr double kAll[] = {0, 50, 90, 99, 99.9, 99.99, 100};
  std::vector<double> ticks;
  for (const double value : kAll) {
    if (!ticks.empty() && ticks.back() >= high) break;
    if (value <= low) ticks.clear();
    ticks.push_back(value);
  }
  return ticks;
}

std::vector<double> TicksFor(AxisScale kind, absl::Span<const double> values) {
  if (values.empty()) return kind == AxisScale::kLog ? LogTicks(1, 10) : LinearTicks(0, 1);
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  switch (kind) {
    case AxisScale::kLinear:
      return LinearTicks(*low, *high);
    case AxisScale::kLog:
      return LogTicks(*low, *high);
    case AxisScale::kNines:
      return NinesTicks(*low, *high);
  }
  return {};
}

}  // namespace

Scale::Scale(AxisScale kind, absl::Span<const double> values) : kind_(kind) {
  const std::vector<double> ticks = TicksFor(kind, values);
  low_ = Stretch(kind, ticks.front());
  high_ = Stretch(kind, ticks.back());
  for (const double tick : ticks) AddTick(tick);
}

bool Scale::CanShow(AxisScale kind, double value) {
  if (!std::isfinite(value)) return false;
  if (kind == AxisScale::kNines) return value >= 0 && value <= 100;
  return kind == AxisScale::kLinear || value > 0;
}

double Scale::Position(double value) const {
  return (Stretch(kind_, value) - low_) / (high_ - low_);
}

void Scale::AddTick(double value) { ticks_.push_back({Position(value), ShortNumber(value)}); }

bool IsShown(const Chart& chart, const std::pair<double, double>& point) {
  return Scale::CanShow(chart.x.scale, point.first) && Scale::CanShow(chart.y.scale, point.second);
}

std::vector<double> ShownValues(const Chart& chart, double std::pair<double, double>::*coordinate) {
  std::vector<double> values;
  for (const Series& series : chart.series) {
    for (const auto& point : series.points) {
      if (IsShown(chart, point)) values.push_back(point.*coordinate);
    }
  }
  return values;
}

std::string ShortNumber(double value) {
  const double size = std::abs(value);
  if (size >= 1e6) return absl::StrFormat("%gM", value / 1e6);
  if (size >= 1e4) return absl::StrFormat("%gk", value / 1e3);
  return absl::StrFormat("%g", std::abs(value) < 1e-12 ? 0 : value);
}

}  // namespace nestor::bench
