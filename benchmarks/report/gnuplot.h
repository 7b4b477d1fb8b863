#ifndef NESTOR_BENCHMARKS_REPORT_GNUPLOT_H_
#define NESTOR_BENCHMARKS_REPORT_GNUPLOT_H_

#include <string>

#include "absl/status/status.h"
#include "benchmarks/report/chart.h"

namespace nestor::bench {

// What gnuplot has to be told to draw the chart into the PNG file `path`.
std::string GnuplotScript(const Chart& chart, const std::string& path);

// Draws the chart with the gnuplot of this machine. UNAVAILABLE if there is none, or it fails.
absl::Status WritePng(const Chart& chart, const std::string& path);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_REPORT_GNUPLOT_H_
