// `nestor-bench report` and `nestor-bench compare`.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <tuple>
#include <utility>

#include "benchmarks/command_line.h"
#include "benchmarks/json_file.h"
#include "benchmarks/report/comparison.h"
#include "benchmarks/report/document_charts.h"
#include "benchmarks/report/gnuplot.h"
#include "benchmarks/report/html_report.h"
#include "tests/benchmarks/load/loaded_server.h"
#include "tests/benchmarks/paper/labelled_data.h"
#include "tests/benchmarks/report/documents.h"
#include "tests/benchmarks/run_nestor_bench.h"
#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

using ::testing::AllOf;
using testing::BenchOutcome;
using ::testing::Contains;
using testing::EngineDocument;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using testing::LoadedServer;
using ::testing::Not;
using testing::RunDocument;
using testing::RunNestorBench;
using testing::TempDir;

std::string Contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string Write(const TempDir& directory, const std::string& name, const Json& document) {
  EXPECT_TRUE(bench::WriteJsonFile(directory.Join(name), document).ok());
  return directory.Join(name);
}

// The metrics that a document has in common with itself.
std::vector<std::string> ComparedMetrics(const Json& document) {
  const auto comparisons = bench::CompareDocuments(document, document, {});
  EXPECT_TRUE(comparisons.ok()) << comparisons.status();
  std::vector<std::string> metrics;
  if (!comparisons.ok()) return metrics;
  for (const bench::Comparison& comparison : *comparisons) metrics.push_back(comparison.metric);
  return metrics;
}

// What `nestor-bench limit` writes. Whether the rate held is up to the machine, so the test says.
Json LimitDocument() {
  LoadedServer server;
  server.Load();
  const BenchOutcome outcome =
      server.ShortBench({"limit", "--base", server.base(), "--exact", "--p99", "1h", "--first-rate",
                         "300", "--highest-rate", "400"});
  EXPECT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  Json document = server.ReadJson();
  EXPECT_TRUE(document.contains("limit_rate"));
  document["limit_rate"] = 300.0;
  return document;
}

TEST(ReportCommandTest, OnePageHoldsEveryDocument) {
  const TempDir directory;
  const std::string page = directory.Join("page.html");
  const BenchOutcome outcome =
      RunNestorBench({"report", Write(directory, "engine.json", EngineDocument()),
                      Write(directory, "run.json", RunDocument()), "--html", page});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  EXPECT_THAT(Contents(page), AllOf(HasSubstr("engine: engine.json"), HasSubstr("run: run.json"),
                                    HasSubstr("Recall against queries per second"),
                                    HasSubstr("Latency by percentile"),
                                    HasSubstr("Where the time of a search goes"),
                                    HasSubstr("nestor_hnsw"), HasSubstr("The data are synthetic")));
}

TEST(ReportCommandTest, ThePageNeedsNothingElse) {
  const std::string page =
      bench::HtmlReport({{"engine.json", EngineDocument()}, {"run.json", RunDocument()}});
  EXPECT_THAT(page, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("http")), Not(HasSubstr("url(")),
                          Not(HasSubstr("<link"))));
}

TEST(ReportCommandTest, AnInvalidRunIsMarked) {
  Json invalid = RunDocument();
  invalid["valid"] = false;
  invalid["invalid_because"] = "the client fell behind";
  EXPECT_THAT(bench::HtmlReport({{"run.json", invalid}}),
              HasSubstr("Not valid: the client fell behind"));
  EXPECT_THAT(bench::HtmlReport({{"run.json", RunDocument()}}), Not(HasSubstr("Not valid")));
}

TEST(ReportCommandTest, AHostileDocumentIsText) {
  Json document = EngineDocument();
  document["results"][0]["system"] = "<script>alert(1)</script>";
  document["command"] = "<b>";
  document["note"] = {{"<i>", "<u>"}};
  EXPECT_THAT(bench::HtmlReport({{"<h1>.json", document}}),
              AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<b>")), Not(HasSubstr("<i>")),
                    Not(HasSubstr("<u>")), Not(HasSubstr("<h1>."))));
}

TEST(ReportCommandTest, FilesThatAreNoDocumentsAreNamed) {
  const TempDir directory;
  const BenchOutcome missing = RunNestorBench({"report", directory.Join("none.json")});
  EXPECT_EQ(missing.exit_code, bench::kExitFailed);
  EXPECT_THAT(missing.err, HasSubstr("none.json"));
  std::ofstream(directory.Join("other.json")) << "{}";
  EXPECT_EQ(RunNestorBench({"report", directory.Join("other.json")}).exit_code, bench::kExitUsage);
}

TEST(ReportCommandTest, EveryProbeOfALimitIsAPoint) {
  const Json document = LimitDocument();
  const std::vector<bench::Chart> charts = bench::ChartsOf(document);
  ASSERT_EQ(charts.size(), 1U);
  ASSERT_EQ(charts[0].series.size(), 2U);
  const Json& first = document["probes"][0];
  const auto& [held, failed] = std::tie(charts[0].series[0].points, charts[0].series[1].points);
  EXPECT_EQ(held.size() + failed.size(), document["probes"].size());
  EXPECT_THAT(first["held"] == true ? held : failed,
              Contains(std::pair(300.0, first["latency_ms"]["p99"].get<double>())));
}

TEST(GnuplotTest, TheScriptShowsWhatThePageShows) {
  const std::string script = bench::GnuplotScript(
      {"it's", {"x"}, {"y", bench::AxisScale::kLog}, {{"one", {{0, 1}, {1, 10}, {2, 0}}, true}}},
      "out.png");
  EXPECT_THAT(script, AllOf(HasSubstr("set title 'it''s'"), HasSubstr("set output 'out.png'"),
                            HasSubstr("0.000000 0.000000\n1.000000 1.000000\nEND"),
                            HasSubstr("'10' 1.000000")));
}

TEST(GnuplotTest, DrawsAPictureWhereThereIsAGnuplot) {
  if (system("command -v gnuplot >/dev/null") != 0) GTEST_SKIP() << "no gnuplot here";
  const TempDir directory;
  const std::string pictures = directory.Join("png");
  const BenchOutcome outcome =
      RunNestorBench({"report", Write(directory, "run.json", RunDocument()), "--html",
                      directory.Join("page.html"), "--png", pictures});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  EXPECT_THAT(Contents(pictures + "/run-1.png"), HasSubstr("PNG"));
  EXPECT_TRUE(std::filesystem::exists(pictures + "/run-3.png"));
}

TEST(CompareCommandTest, ARegressionIsExitCode1) {
  const TempDir directory;
  const std::string before = Write(directory, "a.json", RunDocument());
  const std::string after = Write(directory, "b.json", RunDocument(1.5));
  const BenchOutcome worse = RunNestorBench({"compare", before, after});
  EXPECT_EQ(worse.exit_code, bench::kExitFailed);
  EXPECT_THAT(worse.out, AllOf(HasSubstr("p99 ms"), HasSubstr("WORSE"), HasSubstr("+50.0 %")));
  EXPECT_THAT(worse.err, HasSubstr("numbers are worse"));
  EXPECT_EQ(RunNestorBench({"compare", after, before}).exit_code, bench::kExitOk);
  EXPECT_EQ(RunNestorBench({"compare", before, before}).exit_code, bench::kExitOk);
}

TEST(CompareCommandTest, OtherDataAreExitCode2WithBothHashes) {
  const TempDir directory;
  Json other = RunDocument();
  other["data"]["queries_hash"] = "dd";
  const BenchOutcome outcome = RunNestorBench(
      {"compare", Write(directory, "a.json", RunDocument()), Write(directory, "b.json", other)});
  EXPECT_EQ(outcome.exit_code, bench::kExitUsage);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("queries_hash bb and dd"), HasSubstr("a.json")));
}

TEST(CompareCommandTest, OtherConditionsAreExitCode2WithBothValues) {
  const TempDir directory;
  Json other = RunDocument();
  other["offered_rate"] = 50.0;
  const BenchOutcome outcome = RunNestorBench(
      {"compare", Write(directory, "a.json", RunDocument()), Write(directory, "b.json", other)});
  EXPECT_EQ(outcome.exit_code, bench::kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("offered_rate: 500 and 50"));
}

TEST(CompareCommandTest, AnInvalidResultIsShownAndNoRegression) {
  const TempDir directory;
  Json before = EngineDocument();
  Json after = EngineDocument(1.5);
  after["results"][1]["valid"] = false;
  const BenchOutcome outcome = RunNestorBench(
      {"compare", Write(directory, "a.json", before), Write(directory, "b.json", after)});
  EXPECT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("not valid"), Not(HasSubstr("WORSE"))));
}

TEST(CompareCommandTest, ComparesTheRatesThatLimitFound) {
  EXPECT_THAT(ComparedMetrics(LimitDocument()), Contains("limit_rate"));
}

TEST(CompareCommandTest, ComparesRatesAndTimesOfLoads) {
  LoadedServer server;
  server.Load({"--json", server.json()});
  EXPECT_THAT(ComparedMetrics(server.ReadJson()),
              IsSupersetOf({"points_per_second", "searchable_seconds", "indexed_seconds"}));
}

TEST(CompareCommandTest, ComparesThePlansOfSweeps) {
  LoadedServer server;
  server.Load();
  ASSERT_EQ(server.ShortBench({"sweep", "--base", server.base(), "--plans", "exact"}).exit_code,
            bench::kExitOk);
  EXPECT_THAT(ComparedMetrics(server.ReadJson()), IsSupersetOf({"qps", "recall_at_k"}));
}

TEST(CompareCommandTest, ComparesTheTimesOfPapers) {
  const TempDir directory;
  std::vector<std::string> arguments = {
      "paper", "--repeat", "1", "--limit", "5", "--json", directory.Join("paper.json")};
  const std::vector<std::string> files = testing::WriteLabelledData(
      testing::MakeLabelledData({.rows = 400, .queries = 20, .dims = 64}));
  arguments.insert(arguments.end(), files.begin(), files.end());
  const BenchOutcome outcome = RunNestorBench(arguments);
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  EXPECT_THAT(ComparedMetrics(*bench::ReadJsonFile(directory.Join("paper.json"))),
              IsSupersetOf({"us_per_query", "recall_at_5", "map_at_5"}));
}

}  // namespace
}  // namespace nestor
