#ifndef NESTOR_BENCHMARKS_REPORT_SCALE_H_
#define NESTOR_BENCHMARKS_REPORT_SCALE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "benchmarks/report/chart.h"

namespace nestor::bench {

struct Tick {
  double position = 0;  // 0 is the beginning of the axis, 1 its end
  std::string label;
};

// Where values lie on an axis that shows all of some values: it begins and ends at ticks.
//
// Thread safety: immutable.
class Scale {
 public:
  // `values` are those that the scale can show (see CanShow); without any it goes from 0 to 1.
  Scale(AxisScale kind, absl::Span<const double> values);

  static bool CanShow(AxisScale kind, double value);
  // 0 to 1. REQUIRES: CanShow(value).
  double Position(double value) const;
  const std::vector<Tick>& ticks() const { return ticks_; }

 private:
  void AddTick(double value);

  const AxisScale kind_;
  double low_ = 0;  // stretched
  double high_ = 1;
  std::vector<Tick> ticks_;
};

// Whether both axes of the chart can show a point, and one coordinate of all such points.
bool IsShown(const Chart& chart, const std::pair<double, double>& point);
std::vector<double> ShownValues(const Chart& chart, double std::pair<double, double>::*coordinate);

// A number as an axis has it: 0.95, 12, 25k, 3M.
std::string ShortNumber(double value);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_REPORT_SCALE_H_
