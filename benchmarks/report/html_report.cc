#include "benchmarks/report/html_report.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "benchmarks/report/document_charts.h"
#include "benchmarks/report/fields.h"
#include "benchmarks/report/svg_chart.h"

namespace nestor::bench {
namespace {

constexpr char kPageStyle[] = R"(:root{color-scheme:light dark}
body{font:15px/1.45 system-ui,sans-serif;max-width:1000px;margin:2em auto;padding:0 1em}
h1{font-size:1.6em}h2{font-size:1.25em;margin-top:2em;border-bottom:1px solid #8886}h3{font-size:1.05em;margin-bottom:.3em}
table{border-collapse:collapse;font-size:.85em;font-variant-numeric:tabular-nums}
th,td{padding:.2em .7em;text-align:right;border-bottom:1px solid #8884}th:first-child,td:first-child{text-align:left}
.facts td,.text{text-align:left}td.text{white-space:nowrap}th{vertical-align:bottom}.scroll{overflow-x:auto}.warning{border-left:4px solid #d55e00;padding:.3em .8em}
@media print{:root{color-scheme:light}body{margin:0;max-width:none;font-size:10pt}figure,tr{break-inside:avoid}h2,h3{break-after:avoid}.scroll table{font-size:6.5pt}}
figure{margin:1em 0}
)";

// Samples and windows are what the charts are for; a few whole numbers are a setting.
bool IsCell(const Json& value) {
  return !value.is_array() || std::all_of(value.begin(), value.end(), [](const Json& element) {
    return element.is_number_integer();
  });
}

// Columns in the order in which the rows first have them.
std::vector<std::string> ColumnsOf(const std::vector<Json>& rows) {
  std::vector<std::string> columns;
  for (const Json& row : rows) {
    if (!row.is_object()) continue;
    for (const auto& [name, value] : row.items()) {
      if (!IsCell(value)) continue;
      if (std::find(columns.begin(), columns.end(), name) == columns.end()) columns.push_back(name);
    }
  }
  return columns;
}

std::string Cell(const char* tag, absl::string_view text) {
  return absl::StrCat("<", tag, ">", EscapeMarkup(text), "</", tag, ">");
}

bool IsText(const Json& value) { return value.is_structured() || value.is_string(); }

// Four digits tell settings apart.
std::string ValueCell(const Json& value) {
  if (IsText(value)) {
    return absl::StrCat("<td class=\"text\">", EscapeMarkup(Readable(value)), "</td>");
  }
  if (!value.is_number_float()) return Cell("td", Readable(value));
  const double number = value.get<double>();
  return Cell("td", std::abs(number) < 1000 ? absl::StrFormat("%.4g", number)
                                            : absl::StrFormat("%.0f", number));
}

// With spaces, where a narrow column may break it.
std::string HeadCell(absl::string_view name, bool is_text) {
  return absl::StrCat(is_text ? "<th class=\"text\">" : "<th>",
                      EscapeMarkup(absl::StrReplaceAll(name, {{"_", " "}})), "</th>");
}

std::string Table(const std::vector<Json>& rows) {
  const std::vector<std::string> columns = ColumnsOf(rows);
  if (columns.empty()) return "";
  std::string html = "<div class=\"scroll\"><table>\n<tr>";
  for (const std::string& column : columns) {
    const bool is_text = std::any_of(rows.begin(), rows.end(),
                                     [&](const Json& row) { return IsText(Field(row, column)); });
    absl::StrAppend(&html, HeadCell(column, is_text));
  }
  absl::StrAppend(&html, "</tr>\n");
  for (const Json& row : rows) {
    absl::StrAppend(&html, "<tr>");
    for (const std::string& column : columns) {
      absl::StrAppend(&html, ValueCell(Field(row, column)));
    }
    absl::StrAppend(&html, "</tr>\n");
  }
  return html + "</table></div>\n";
}

// The fields of an object as lines of a name and a value.
std::string Facts(const Json& object) {
  std::string html = "<table class=\"facts\">\n";
  for (const auto& [name, value] : object.items()) {
    if (value.is_null()) continue;
    absl::StrAppend(&html, "<tr>", Cell("td", name), Cell("td", Readable(value)), "</tr>\n");
  }
  return html + "</table>\n";
}

std::string Warning(absl::string_view text) {
  return absl::StrCat("<p class=\"warning\">", EscapeMarkup(text), "</p>\n");
}

std::string Warnings(const Json& document) {
  std::string html;
  if (IsTrue(Field(document, "data"), "synthetic")) {
    html += Warning("The data are synthetic: made by nestor-bench gen, not by an embedding model.");
  }
  if (Field(document, "valid") == false) {
    html += Warning(absl::StrCat("Not valid: ", Readable(Field(document, "invalid_because")),
                                 ". Do not use these percentiles."));
  }
  if (Field(Field(document, "environment"), "optimised") == false) {
    html +=
        Warning("The program was built without optimisation: compare nothing with these numbers.");
  }
  return html;
}

std::string Figure(absl::string_view title, absl::string_view svg) {
  return absl::StrCat("<figure><h3>", EscapeMarkup(title), "</h3>\n", svg, "</figure>\n");
}

std::string Charts(const Json& document) {
  std::string html;
  for (const Chart& chart : ChartsOf(document)) html += Figure(chart.title, SvgChart(chart));
  if (const std::optional<Waterfall> waterfall = WaterfallOf(document)) {
    html += Figure(waterfall->title, SvgWaterfall(*waterfall));
  }
  return html;
}

// Every array of objects is a table; single values are lines at the top.
std::string Numbers(const Json& document) {
  Json facts = Json::object();
  std::string tables;
  for (const auto& [name, value] : document.items()) {
    if (name == "environment" || name == "format" || name == "command") continue;
    if (name == "windows" || name == "percentiles") continue;
    if (!value.is_array()) {
      facts[name] = value;
    } else if (!value.empty() && value[0].is_object()) {
      absl::StrAppend(&tables, "<h3>", EscapeMarkup(name), "</h3>\n",
                      Table(Elements(document, name)));
    }
  }
  return Facts(facts) + tables;
}

std::string Section(const NamedDocument& named) {
  const Json& document = named.document;
  const std::string command = Text(document, "command");
  return absl::StrCat("<section>\n<h2>", EscapeMarkup(command), ": ", EscapeMarkup(named.name),
                      "</h2>\n", Warnings(document), Charts(document), Numbers(document),
                      "<h3>environment</h3>\n", Facts(Field(document, "environment")),
                      "</section>\n");
}

}  // namespace

std::string HtmlReport(const std::vector<NamedDocument>& documents) {
  std::string html = absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" "
      "content=\"width=device-width\">\n<title>nestor-bench</title>\n<style>\n",
      kPageStyle, kChartStyle, "</style>\n</head>\n<body>\n<h1>nestor-bench</h1>\n");
  for (const NamedDocument& document : documents) html += Section(document);
  return html + "</body>\n</html>\n";
}

}  // namespace nestor::bench
