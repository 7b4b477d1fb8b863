#include "benchmarks/paper/paper_benchmark.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "benchmarks/data_files/output_file.h"
#include "benchmarks/json_file.h"
#include "benchmarks/labels.h"
#include "benchmarks/machine.h"
#include "benchmarks/paper/paper_json.h"
#include "benchmarks/paper/paper_report.h"
#include "benchmarks/paper/paper_results.h"
#include "benchmarks/paper/wall_clock.h"
#include "benchmarks/report/paper_chart.h"
#include "benchmarks/report/svg_file.h"
#include "benchmarks/synthetic_note.h"
#include "engine/vector_math.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr size_t kFirstDims = 8;
constexpr size_t kMoreK[] = {25, 50, 100};  // beside the limit
constexpr double kTolerances[] = {0, 0.002, 0.005, 0.01, 0.02, 0.05};

struct PaperData {
  DataIdentity identity;
  DataSet data;  // at unit length
  Labels labels;
};

void ScaleToUnitLength(FloatMatrix* matrix) {
  for (size_t row = 0; row < matrix->rows; ++row) {
    float* vector = matrix->Row(row);
    Scale(vector, matrix->dims, Norm(vector, matrix->dims), vector);
  }
}

absl::StatusOr<PaperData> ReadPaperData(const PaperOptions& options) {
  PaperData read;
  NESTOR_ASSIGN_OR_RETURN(read.identity, IdentifyData(options.data.base, options.data.queries));
  NESTOR_ASSIGN_OR_RETURN(read.data, ReadDataSet(options.data, Metric::kCosine, options.limit));
  NESTOR_ASSIGN_OR_RETURN(read.labels, ReadBothLabels(options.labels, options.query_labels,
                                                      read.identity, read.data.base.rows));
  read.identity.rows = read.data.base.rows;
  ScaleToUnitLength(&read.data.base);
  ScaleToUnitLength(&read.data.queries);
  return read;
}

int Threads(const PaperOptions& options) {
  if (options.threads > 0) return options.threads;
  return HardwareThreads();
}

std::vector<PrefixResult> JudgePrefixes(const RetrievalTask& task) {
  const Answers truth = AnswersByPrefix(task, task.base.levels() - 1);
  std::vector<PrefixResult> results;
  for (RetrievalResult& search : SearchAtEachPrefix(task)) {
    const size_t level = results.size();
    Answers answers;
    for (const Neighbours& neighbours : task.neighbours[level]) answers.push_back(neighbours.rows);
    PrefixResult result;
    result.search = std::move(search);
    result.at.push_back(task.judge.At(task.limit, answers));
    for (const size_t k : kMoreK) {
      if (k > task.limit && k <= task.shortlist) result.at.push_back(task.judge.At(k, answers));
    }
    result.neighbour_recall = NeighbourRecall(answers, truth, task.limit);
    results.push_back(std::move(result));
  }
  return results;
}

// Thresholds are learned on the queries of even number and tried on the others.
void RunClassification(const RetrievalTask& task, PaperResults* results) {
  const Votes votes = CastVotes(task.neighbours, task.judge.labels());
  std::vector<size_t> halves[2];
  for (size_t q = 0; q < task.queries.rows(); ++q) halves[q % 2].push_back(q);
  if (halves[1].empty()) return;
  for (size_t level = 0; level < votes.size(); ++level) {
    results->fixed.push_back({task.base.dims(level), Accuracy(votes[level], halves[1])});
  }
  for (const double tolerance : kTolerances) {
    AdaptiveResult result =
        Classify(votes, task.base, halves[1], LearnThresholds(votes, halves[0], tolerance));
    result.tolerance = tolerance;
    results->classification.push_back(std::move(result));
  }
}

// The prefix that is timed; none if nothing is.
absl::StatusOr<std::optional<size_t>> WallClockLevel(const PaperOptions& options,
                                                     const std::vector<size_t>& dims) {
  if (options.scanned_queries == 0) return std::nullopt;
  const auto it = std::find(dims.begin(), dims.end(), options.wall_clock_dims);
  if (it != dims.end()) return static_cast<size_t>(it - dims.begin());
  return absl::InvalidArgumentError(absl::StrCat("prefixes of ", options.wall_clock_dims,
                                                 " dims are to be timed, but the dims are ",
                                                 absl::StrJoin(dims, ", ")));
}

absl::Status RunWallClock(const PaperOptions& options, const RetrievalTask& task, size_t level,
                          std::ostream& log, PaperResults* results) {
  WallClockOptions timing;
  timing.prefix_level = level;
  timing.scanned_queries = options.scanned_queries;
  timing.repeat = options.repeat;
  timing.build_threads = Threads(options);
  results->wall_clock_dims = task.base.dims(level);
  NESTOR_ASSIGN_OR_RETURN(results->wall_clock, MeasureWallClock(task, timing, log));
  return absl::OkStatus();
}

absl::StatusOr<PaperResults> RunExperiments(const PaperOptions& options, const PaperData& read,
                                            const std::vector<size_t>& dims,
                                            std::optional<size_t> wall_clock_level,
                                            std::ostream& log) {
  const PrefixSpace base(read.data.base, dims);
  const PrefixSpace queries(read.data.queries, dims);
  const LabelJudge judge(read.labels);
  PaperResults results;
  results.rows = base.rows();
  results.full_dims = base.full_dims();
  results.limit = options.limit;
  results.shortlist = std::min<size_t>(options.shortlist, base.rows());
  log << "searching by every prefix" << std::endl;
  const std::vector<LevelNeighbours> neighbours =
      SearchPrefixes(base, queries, results.shortlist, Threads(options));
  const RetrievalTask task{base, queries, neighbours, judge, results.limit, results.shortlist};
  log << "retrieving and classifying adaptively" << std::endl;
  results.prefixes = JudgePrefixes(task);
  results.adaptive = RetrieveAdaptively(task);
  results.funnels = RetrieveByFunnel(task);
  RunClassification(task, &results);
  if (wall_clock_level.has_value()) {
    NESTOR_RETURN_IF_ERROR(RunWallClock(options, task, *wall_clock_level, log, &results));
  }
  return results;
}

absl::Status WriteFiles(const PaperOptions& options, const PaperData& read,
                        const PaperResults& results, const Console& console) {
  Json document = NewDocument("paper", console);
  document["data"] = DataJson(read.identity, Metric::kCosine);
  AddPaperResults(results, &document);
  if (!options.json.empty()) NESTOR_RETURN_IF_ERROR(WriteJsonFile(options.json, document));
  if (options.svg.empty()) return absl::OkStatus();
  return WriteWholeFile(
      options.svg,
      SvgFile(PaperChart(document), absl::StrCat(read.identity.rows, " x ", read.identity.dims, " ",
                                                 SyntheticNote(read.identity))));
}

}  // namespace

absl::StatusOr<std::vector<size_t>> ChoosePrefixes(const std::vector<size_t>& wanted,
                                                   size_t full_dims) {
  std::vector<size_t> dims = wanted;
  if (dims.empty()) {
    for (size_t d = kFirstDims; d < full_dims; d *= 2) dims.push_back(d);
  }
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 0 || (i > 0 && dims[i] <= dims[i - 1])) {
      return absl::InvalidArgumentError(absl::StrCat("prefixes of ", absl::StrJoin(dims, ", "),
                                                     " dims: they must ascend, and ", dims[i],
                                                     " does not"));
    }
    if (dims[i] > full_dims) {
      return absl::InvalidArgumentError(
          absl::StrCat("prefixes of ", dims[i], " dims exceed the ", full_dims, " dims"));
    }
  }
  if (dims.empty() || dims.back() != full_dims) dims.push_back(full_dims);
  return dims;
}

double WantedPrecision(const PaperResults& results) {
  return results.prefixes.back().search.average_precision - kPrecisionTolerance;
}

double TheoreticalRatio(const PaperResults& results) {
  return static_cast<double>(results.full_dims) / static_cast<double>(results.wall_clock_dims);
}

absl::Status RunPaper(const PaperOptions& options, Console& console) {
  if (options.shortlist < options.limit) {
    return absl::InvalidArgumentError(
        absl::StrCat("a shortlist of ", options.shortlist, " is below the limit ", options.limit));
  }
  NESTOR_ASSIGN_OR_RETURN(const PaperData read, ReadPaperData(options));
  NESTOR_ASSIGN_OR_RETURN(const std::vector<size_t> dims,
                          ChoosePrefixes(options.dims, read.data.base.dims));
  NESTOR_ASSIGN_OR_RETURN(const std::optional<size_t> wall_clock_level,
                          WallClockLevel(options, dims));
  PrintMachine(console.out);
  PrintDataSet(options.data, read.data, Metric::kCosine, console.out);
  const std::string note = SyntheticNote(read.identity);
  if (!note.empty()) console.out << "          " << note << "\n";
  console.out << std::endl;
  NESTOR_ASSIGN_OR_RETURN(const PaperResults results,
                          RunExperiments(options, read, dims, wall_clock_level, console.err));
  PrintPaper(results, console.out);
  return WriteFiles(options, read, results, console);
}

}  // namespace nestor::bench
