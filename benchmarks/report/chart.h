#ifndef NESTOR_BENCHMARKS_REPORT_CHART_H_
#define NESTOR_BENCHMARKS_REPORT_CHART_H_

#include <string>
#include <utility>
#include <vector>

namespace nestor::bench {

// What a chart shows, before anybody draws it: svg_chart.h and gnuplot.h both do.

enum class AxisScale {
  kLinear,
  kLog,    // values at or below zero are left out
  kNines,  // a share in percent, stretched towards 100: 90, 99 and 99.9 are equally far apart
};

struct Axis {
  std::string label;  // with the unit
  AxisScale scale = AxisScale::kLinear;
};

struct Series {
  std::string name;
  std::vector<std::pair<double, double>> points;  // (x, y); those that are not finite are left out
  bool line = true;                               // else only marks
};

struct Chart {
  std::string title;
  Axis x;
  Axis y;
  std::vector<Series> series;
};

// What happens one after the other, as bars that begin where the one before ends.
struct Waterfall {
  struct Bar {
    std::string name;
    double begin_us = 0;
    double length_us = 0;
    std::string note;  // beside the bar
  };
  std::string title;
  std::vector<Bar> bars;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_REPORT_CHART_H_
