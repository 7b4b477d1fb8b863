#include "benchmarks/report/gnuplot.h"

#include <sys/wait.h>

#include <cstdio>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "benchmarks/report/scale.h"

namespace nestor::bench {
namespace {

using Point = std::pair<double, double>;

// What /bin/sh answers when there is no such program.
constexpr int kNoSuchProgram = 127;

// In single quotes nothing but the quote is special.
std::string Quoted(absl::string_view text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "''"}, {"\n", " "}}), "'");
}

std::string Tics(absl::string_view axis, const Scale& scale) {
  std::vector<std::string> tics;
  for (const Tick& tick : scale.ticks()) {
    tics.push_back(absl::StrFormat("%s %.6f", Quoted(tick.label), tick.position));
  }
  return absl::StrCat("set ", axis, "range [0:1]\nset ", axis, "tics (", absl::StrJoin(tics, ", "),
                      ")\n");
}

// A block of data for each series: gnuplot knows neither our scales nor what they leave out.
std::string Data(const Chart& chart, const Scale& x_scale, const Scale& y_scale) {
  std::string data;
  for (size_t i = 0; i < chart.series.size(); ++i) {
    absl::StrAppend(&data, "$series", i, " << END\n");
    for (const Point& point : chart.series[i].points) {
      if (!IsShown(chart, point)) continue;
      absl::StrAppendFormat(&data, "%.6f %.6f\n", x_scale.Position(point.first),
                            y_scale.Position(point.second));
    }
    absl::StrAppend(&data, "END\n");
  }
  return data;
}

}  // namespace

std::string GnuplotScript(const Chart& chart, const std::string& path) {
  const Scale x(chart.x.scale, ShownValues(chart, &Point::first));
  const Scale y(chart.y.scale, ShownValues(chart, &Point::second));
  std::vector<std::string> plots;
  for (size_t i = 0; i < chart.series.size(); ++i) {
    const Series& series = chart.series[i];
    plots.push_back(absl::StrCat("$series", i, " with ", series.line ? "linespoints" : "points",
                                 " pointtype 7 title ", Quoted(series.name)));
  }
  return absl::StrCat("set terminal pngcairo size 960,560 noenhanced\nset output ", Quoted(path),
                      "\nset title ", Quoted(chart.title), "\nset xlabel ", Quoted(chart.x.label),
                      "\nset ylabel ", Quoted(chart.y.label), "\nset grid\nset key below\n",
                      Tics("x", x), Tics("y", y), Data(chart, x, y), "plot ",
                      absl::StrJoin(plots, ", "), "\n");
}

absl::Status WritePng(const Chart& chart, const std::string& path) {
  const std::string script = GnuplotScript(chart, path);
  std::FILE* gnuplot = popen("exec gnuplot", "w");
  if (gnuplot == nullptr) return absl::UnavailableError("cannot start gnuplot");
  std::fwrite(script.data(), 1, script.size(), gnuplot);
  const int status = pclose(gnuplot);
  if (status == 0) return absl::OkStatus();
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNoSuchProgram) {
    return absl::UnavailableError("gnuplot is not there: install the package gnuplot-nox");
  }
  return absl::UnavailableError(absl::StrCat("gnuplot could not draw ", path));
}

}  // namespace nestor::bench
