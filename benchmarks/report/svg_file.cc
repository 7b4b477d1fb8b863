#include "benchmarks/report/svg_file.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "benchmarks/report/svg_chart.h"

namespace nestor::bench {
namespace {

// In units of the drawing: the chart is as wide, and a title and a few lines of a legend are above
// and below it.
constexpr int kFileWidth = 720;
constexpr int kFileHeight = 500;
constexpr int kTitleHeight = 50;

}  // namespace

std::string SvgFile(const Chart& chart, absl::string_view subtitle) {
  return absl::StrCat(
      absl::StrFormat(
          "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
          "height=\"%d\">\n<style>\n",
          kFileWidth, kFileHeight, kFileWidth, kFileHeight),
      kChartStyle,
      ".chart{overflow:visible}\n"
      "text{font:12px system-ui,sans-serif}\n"
      ".title{font-size:16px}\n</style>\n",
      absl::StrFormat("<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", kFileWidth,
                      kFileHeight),
      "<text class=\"title\" x=\"16\" y=\"24\">", EscapeMarkup(chart.title), "</text>\n",
      "<text x=\"16\" y=\"42\">", EscapeMarkup(subtitle), "</text>\n",
      absl::StrFormat("<svg y=\"%d\" width=\"%d\" height=\"%d\">\n", kTitleHeight, kFileWidth,
                      kFileHeight - kTitleHeight),
      SvgChart(chart), "</svg>\n</svg>\n");
}

}  // namespace nestor::bench
