#include "benchmarks/engine_benchmark.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "benchmarks/data_identity.h"
#include "benchmarks/engine_json.h"
#include "benchmarks/engine_report.h"
#include "benchmarks/engine_systems.h"
#include "benchmarks/ground_truth.h"
#include "benchmarks/json_file.h"
#include "benchmarks/labels.h"
#include "benchmarks/machine.h"
#include "benchmarks/measure.h"
#include "benchmarks/quality.h"
#include "benchmarks/synthetic_note.h"
#include "benchmarks/truth_file.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

// Of the true neighbours by an exact scan in float32, so many must be in a file of them: it may
// count ties and rounding otherwise, but no more.
constexpr double kLeastAgreement = 0.99;
constexpr size_t kCheckedQueries = 64;

// What is searched, and how answers are judged.
struct Task {
  DataIdentity identity;
  DataSet data;   // for cosine the base is of unit length: there is one copy of it, for all systems
  Labels labels;  // both or none
  FloatMatrix calibration;  // queries that are not measured
};

absl::StatusOr<Task> ReadTask(const EngineBenchmarkOptions& options) {
  Task task;
  NESTOR_ASSIGN_OR_RETURN(task.identity, IdentifyData(options.data.base, options.data.queries));
  NESTOR_ASSIGN_OR_RETURN(task.data, ReadDataSet(options.data, options.spec.metric, options.limit));
  if (!options.labels.empty()) {
    NESTOR_ASSIGN_OR_RETURN(task.labels, ReadBothLabels(options.labels, options.query_labels,
                                                        task.identity, task.data.base.rows));
  }
  NESTOR_RETURN_IF_ERROR(TakeCalibration(options.calibrate, &task.data.queries, &task.calibration));
  if (!task.labels.queries.empty()) task.labels.queries.resize(task.data.queries.rows);
  task.identity.rows = task.data.base.rows;
  Normalise(options.spec.metric, &task.data.base);
  return task;
}

// A row as good as the last true neighbour counts as one (MeanRecall), so neighbours of other data,
// which are far away, would make every answer perfect. Hence the other way round: they are judged
// as an answer, for a few queries, since that is a scan for each.
absl::Status CheckTruth(const EngineBenchmarkOptions& options, const Task& task,
                        const Answers& truth, const ExactScorer& scorer) {
  const size_t every = (truth.size() + kCheckedQueries - 1) / kCheckedQueries;
  RowIds asked;
  Answers checked;
  for (size_t q = 0; q < truth.size(); q += every) {
    asked.push_back(static_cast<uint32_t>(q));
    checked.push_back(truth[q]);
  }
  const FloatMatrix queries = SomeRows(task.data.queries, asked);
  const Answers exact =
      ExactNeighbours(scorer, task.data.base, queries, options.limit, HardwareThreads());
  const double agreement = MeanRecall(checked, exact, queries, scorer);
  if (agreement >= kLeastAgreement) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      options.truth, ": only ", absl::StrFormat("%.4f", agreement),
      " of these neighbours are those of an exact scan, which should be at least ", kLeastAgreement,
      ": they are of other data, of another metric, or of other rows than ", task.data.base.rows));
}

absl::StatusOr<Answers> FindTruth(const EngineBenchmarkOptions& options, const Task& task,
                                  const ExactScorer& scorer) {
  if (options.truth.empty()) {
    const int threads = HardwareThreads();
    return ExactNeighbours(scorer, task.data.base, task.data.queries, options.limit, threads);
  }
  NESTOR_ASSIGN_OR_RETURN(
      Answers truth, ReadTruth(options.truth, task.identity, options.spec.metric, options.limit));
  truth.resize(task.data.queries.rows);
  NESTOR_RETURN_IF_ERROR(CheckTruth(options, task, truth, scorer));
  return truth;
}

absl::StatusOr<std::vector<ReportLine>> MeasureSystems(const EngineBenchmarkOptions& options,
                                                       const Task& task, Console& console) {
  const ExactScorer scorer(task.data.base, options.spec.metric);
  console.err << "finding the true neighbours" << std::endl;
  NESTOR_ASSIGN_OR_RETURN(const Answers truth, FindTruth(options, task, scorer));
  NESTOR_ASSIGN_OR_RETURN(const std::vector<Method> systems,
                          BuildSystems(options, task.data.base, task.calibration, console));
  console.err << "measuring" << std::endl;
  NESTOR_ASSIGN_OR_RETURN(const std::vector<Measurement> measurements,
                          Measure(systems, task.data.queries, options.repeat));
  std::vector<ReportLine> lines;
  for (const Measurement& measurement : measurements) {
    ReportLine line = MakeLine(systems, measurement);
    line.recall = MeanRecall(measurement.answers, truth, task.data.queries, scorer);
    if (!task.labels.base.empty()) {
      line.average_precision = MeanAveragePrecision(measurement.answers, task.labels.base,
                                                    task.labels.queries, options.limit);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

absl::Status WriteDocument(const EngineBenchmarkOptions& options, const Task& task,
                           const std::vector<ReportLine>& lines, const Console& console) {
  Json document = NewDocument("engine", console);
  document["data"] = DataJson(task.identity, options.spec.metric);
  document["limit"] = options.limit;
  document["build_threads"] = options.build_threads;
  AddResults(lines, options.limit, &document);
  return WriteJsonFile(options.json, document);
}

}  // namespace

absl::Status RunEngineBenchmark(const EngineBenchmarkOptions& options, Console& console) {
  NESTOR_ASSIGN_OR_RETURN(const Task task, ReadTask(options));
  PrintMachine(console.out);
  PrintDataSet(options.data, task.data, options.spec.metric, console.out);
  const std::string note = SyntheticNote(task.identity);
  if (!note.empty()) console.out << "          " << note << "\n";
  console.out << std::endl;
  NESTOR_ASSIGN_OR_RETURN(const std::vector<ReportLine> lines,
                          MeasureSystems(options, task, console));
  PrintMeasurements(lines, options.limit, console.out);
  console.out << "\n";
  PrintAtEqual(lines, Quality::kRecall, options.limit, console.out);
  if (!task.labels.base.empty()) {
    console.out << "\n";
    PrintAtEqual(lines, Quality::kAveragePrecision, options.limit, console.out);
  }
  if (options.json.empty()) return absl::OkStatus();
  return WriteDocument(options, task, lines, console);
}

}  // namespace nestor::bench
