#ifndef NESTOR_BENCHMARKS_REPORT_SVG_FILE_H_
#define NESTOR_BENCHMARKS_REPORT_SVG_FILE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "benchmarks/report/chart.h"

namespace nestor::bench {

// A chart as a picture of its own, on white, under its title and a line of what it was made from.
std::string SvgFile(const Chart& chart, absl::string_view subtitle);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_REPORT_SVG_FILE_H_
