#ifndef NESTOR_BENCHMARKS_REPORT_SVG_CHART_H_
#define NESTOR_BENCHMARKS_REPORT_SVG_CHART_H_

#include <string>

#include "absl/strings/string_view.h"
#include "benchmarks/report/chart.h"

namespace nestor::bench {

// Charts as SVG elements for a page: they scale with it, and take their colours from the classes
// that kChartStyle defines, so that they follow its theme and print on white paper. Each mark has
// a title, which browsers show under the pointer.
std::string SvgChart(const Chart& chart);
std::string SvgWaterfall(const Waterfall& waterfall);

// The rules of a style sheet that these charts need.
extern const char kChartStyle[];

// `text` with the characters that HTML and SVG reserve replaced.
std::string EscapeMarkup(absl::string_view text);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_REPORT_SVG_CHART_H_
