#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmarks/command_line.h"
#include "benchmarks/data_files/output_file.h"
#include "benchmarks/json_file.h"
#include "benchmarks/report/document_charts.h"
#include "benchmarks/report/gnuplot.h"
#include "benchmarks/report/html_report.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

struct ReportOptions {
  std::vector<std::string> files;
  std::string html = "report.html";
  std::string png;  // a directory; empty: none
};

std::string Stem(const std::string& path) { return std::filesystem::path(path).stem().string(); }

absl::Status WritePngs(const std::vector<NamedDocument>& documents, const std::string& directory,
                       Console& console) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return absl::UnavailableError(absl::StrCat("cannot make ", directory));
  for (const NamedDocument& named : documents) {
    int number = 0;
    for (const Chart& chart : ChartsOf(named.document)) {
      const std::string path =
          absl::StrCat(directory, "/", Stem(named.name), "-", ++number, ".png");
      NESTOR_RETURN_IF_ERROR(WritePng(chart, path));
      console.out << path << ": " << chart.title << "\n";
    }
  }
  return absl::OkStatus();
}

absl::Status RunReport(const ReportOptions& options, Console& console) {
  std::vector<NamedDocument> documents;
  for (const std::string& file : options.files) {
    NESTOR_ASSIGN_OR_RETURN(Json document, ReadJsonFile(file));
    documents.push_back({std::filesystem::path(file).filename().string(), std::move(document)});
  }
  NESTOR_RETURN_IF_ERROR(WriteWholeFile(options.html, HtmlReport(documents)));
  console.out << options.html << ": " << documents.size() << " documents\n";
  return options.png.empty() ? absl::OkStatus() : WritePngs(documents, options.png, console);
}

}  // namespace

void AddReportCommand(CLI::App& app, Command& command) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* report = app.add_subcommand("report", "Make an HTML page of JSON documents");
  report->add_option("files", options->files, "What other commands wrote with --json")
      ->required()
      ->type_name("FILE...");
  report->add_option("--html", options->html, "The page")->capture_default_str()->type_name("FILE");
  report->add_option("--png", options->png, "Also draw the charts with gnuplot, into DIR")
      ->type_name("DIR");
  report->footer(
      "The page holds its charts itself: no network, no script. It prints well.\n"
      "Example:\n"
      "  nestor-bench report engine.json run.json --html report.html");
  report->callback([options, &command] {
    command = [options](Console& console) { return RunReport(*options, console); };
  });
}

}  // namespace nestor::bench
