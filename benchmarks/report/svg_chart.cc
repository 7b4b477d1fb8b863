#include "benchmarks/report/svg_chart.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "benchmarks/report/scale.h"

namespace nestor::bench {
namespace {

// In units of the drawing, which the page scales.
constexpr double kWidth = 720;
constexpr double kHeight = 400;
constexpr double kLeft = 70;
constexpr double kRight = 16;
constexpr double kTop = 14;
constexpr double kBottom = 52;
constexpr double kLegendLine = 18;
constexpr double kMarkRadius = 3.5;
constexpr size_t kColours = 8;      // classes c0 .. c7
constexpr size_t kMostMarks = 200;  // of one series; a line of more has none

constexpr double kBarHeight = 22;
constexpr double kBarLabels = 150;
constexpr double kBarNotes = 190;

std::string Text(double x, double y, absl::string_view anchor, absl::string_view text) {
  return absl::StrFormat("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y, anchor,
                         EscapeMarkup(text));
}

std::string Open(absl::string_view title, double height) {
  return absl::StrFormat(
      "<svg class=\"chart\" viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"%s\">\n", kWidth,
      height, EscapeMarkup(title));
}

using Point = std::pair<double, double>;

// Draws one chart, from the axes to the legend.
class Drawing {
 public:
  explicit Drawing(const Chart& chart)
      : chart_(chart),
        x_(chart.x.scale, ShownValues(chart, &Point::first)),
        y_(chart.y.scale, ShownValues(chart, &Point::second)) {}

  std::string Draw() {
    svg_ = Open(chart_.title, kHeight + LegendHeight());
    DrawAxes();
    for (size_t i = 0; i < chart_.series.size(); ++i) DrawSeries(i);
    DrawLegend();
    absl::StrAppend(&svg_, "</svg>\n");
    return svg_;
  }

 private:
  static double X(double position) { return kLeft + position * (kWidth - kLeft - kRight); }
  static double Y(double position) {
    return kHeight - kBottom - position * (kHeight - kTop - kBottom);
  }

  void DrawAxes() {
    for (const Tick& tick : x_.ticks()) {
      const double x = X(tick.position);
      absl::StrAppendFormat(
          &svg_, "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", x,
          Y(0), x, Y(1));
      absl::StrAppend(&svg_, Text(x, Y(0) + 18, "middle", tick.label));
    }
    for (const Tick& tick : y_.ticks()) {
      const double y = Y(tick.position);
      absl::StrAppendFormat(
          &svg_, "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", X(0),
          y, X(1), y);
      absl::StrAppend(&svg_, Text(X(0) - 8, y + 4, "end", tick.label));
    }
    absl::StrAppend(&svg_, Text((X(0) + X(1)) / 2, Y(0) + 40, "middle", chart_.x.label));
    absl::StrAppendFormat(
        &svg_,
        "<text transform=\"translate(16 %.1f) rotate(-90)\" text-anchor=\"middle\">%s</text>\n",
        (Y(0) + Y(1)) / 2, EscapeMarkup(chart_.y.label));
  }

  void DrawSeries(size_t index) {
    const Series& series = chart_.series[index];
    std::string path;
    std::string marks;
    for (const Point& point : series.points) {
      if (!IsShown(chart_, point)) continue;
      const double x = X(x_.Position(point.first));
      const double y = Y(y_.Position(point.second));
      absl::StrAppendFormat(&path, "%s%.1f %.1f", path.empty() ? "M" : " L", x, y);
      absl::StrAppendFormat(
          &marks, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%g\"><title>%s: %g, %g</title></circle>\n",
          x, y, kMarkRadius, EscapeMarkup(series.name), point.first, point.second);
    }
    absl::StrAppend(&svg_, "<g class=\"c", index % kColours, "\">\n");
    if (series.line) absl::StrAppend(&svg_, "<path class=\"line\" d=\"", path, "\"/>\n");
    if (!series.line || series.points.size() <= kMostMarks) absl::StrAppend(&svg_, marks);
    absl::StrAppend(&svg_, "</g>\n");
  }

  double LegendHeight() const {
    return chart_.series.size() < 2 ? 0 : kLegendLine * static_cast<double>(LegendLines());
  }
  // Two names on a line.
  size_t LegendLines() const { return (chart_.series.size() + 1) / 2; }

  void DrawLegend() {
    if (chart_.series.size() < 2) return;
    for (size_t i = 0; i < chart_.series.size(); ++i) {
      const double x = i % 2 == 0 ? kLeft : (kLeft + kWidth) / 2;
      const double y = kHeight + kLegendLine * static_cast<double>(i / 2);
      absl::StrAppendFormat(&svg_,
                            "<g class=\"c%d\"><circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\"/></g>\n",
                            i % kColours, x + 5, y);
      absl::StrAppend(&svg_, Text(x + 16, y + 4, "start", chart_.series[i].name));
    }
  }

  const Chart& chart_;
  const Scale x_;
  const Scale y_;
  std::string svg_;
};

}  // namespace

const char kChartStyle[] =
    R"(.chart{width:100%;max-width:760px;height:auto;font:12px system-ui,sans-serif;fill:currentColor}
.chart .grid{stroke:currentColor;stroke-opacity:.18}
.chart .line{fill:none;stroke-width:2}
.c0{fill:#0072b2;stroke:#0072b2}.c1{fill:#d55e00;stroke:#d55e00}.c2{fill:#009e73;stroke:#009e73}.c3{fill:#cc79a7;stroke:#cc79a7}
.c4{fill:#b8860b;stroke:#b8860b}.c5{fill:#56b4e9;stroke:#56b4e9}.c6{fill:#7f7f7f;stroke:#7f7f7f}.c7{fill:#8c564b;stroke:#8c564b}
)";

std::string SvgChart(const Chart& chart) { return Drawing(chart).Draw(); }

std::string SvgWaterfall(const Waterfall& waterfall) {
  std::vector<double> ends = {0};
  for (const Waterfall::Bar& bar : waterfall.bars) ends.push_back(bar.begin_us + bar.length_us);
  const double longest = std::max(1e-9, *std::max_element(ends.begin(), ends.end()));
  const double scale = (kWidth - kBarLabels - kBarNotes) / longest;
  std::string svg =
      Open(waterfall.title, kBarHeight * static_cast<double>(waterfall.bars.size()) + 8);
  double y = 4;
  size_t colour = 0;
  for (const Waterfall::Bar& bar : waterfall.bars) {
    const double x = kBarLabels + bar.begin_us * scale;
    const double width = std::max(1.0, bar.length_us * scale);
    absl::StrAppend(&svg, Text(kBarLabels - 10, y + kBarHeight / 2 + 4, "end", bar.name));
    absl::StrAppendFormat(
        &svg, "<g class=\"c%d\"><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%g\"/></g>\n",
        colour++ % kColours, x, y + 2, width, kBarHeight - 4);
    absl::StrAppend(&svg, Text(x + width + 8, y + kBarHeight / 2 + 4, "start", bar.note));
    y += kBarHeight;
  }
  return svg + "</svg>\n";
}

std::string EscapeMarkup(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

}  // namespace nestor::bench
