#include "benchmarks/adaptive_benchmark.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "benchmarks/adaptive_report.h"
#include "benchmarks/data_identity.h"
#include "benchmarks/data_set.h"
#include "benchmarks/ground_truth.h"
#include "benchmarks/json_file.h"
#include "benchmarks/loaded_engine.h"
#include "benchmarks/machine.h"
#include "benchmarks/measure.h"
#include "benchmarks/quality.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr double kShortlistStep = 1.2;  // from one fixed plan to the next
constexpr uint32_t kLargestShortlist = 2000;
constexpr uint32_t kFixedNprobe[] = {4, 8, 16, 32, 64, 128, 256};

struct AdaptiveTask {
  std::vector<DataIdentity> identities;
  DataSet data;
  FloatMatrix calibration;
};

void Append(const FloatMatrix& rows, FloatMatrix* to) {
  to->dims = rows.dims;
  to->rows += rows.rows;
  to->values.insert(to->values.end(), rows.values.begin(), rows.values.end());
}

// One query of each matrix in turn, as many as the shortest has.
FloatMatrix TakeTurns(const std::vector<FloatMatrix>& all) {
  FloatMatrix turns;
  turns.dims = all.front().dims;
  size_t rows = all.front().rows;
  for (const FloatMatrix& one : all) rows = std::min(rows, one.rows);
  for (size_t row = 0; row < rows; ++row) {
    for (const FloatMatrix& one : all) {
      turns.values.insert(turns.values.end(), one.Row(row), one.Row(row) + one.dims);
      ++turns.rows;
    }
  }
  return turns;
}

absl::StatusOr<AdaptiveTask> ReadTask(const AdaptiveBenchmarkOptions& options) {
  if (options.bases.size() != options.queries.size()) {
    return absl::InvalidArgumentError(absl::StrCat("--base: ", options.bases.size(), " files, and ",
                                                   options.queries.size(), " of --queries"));
  }
  AdaptiveTask task;
  std::vector<FloatMatrix> queries;
  for (size_t i = 0; i < options.bases.size(); ++i) {
    NESTOR_ASSIGN_OR_RETURN(DataIdentity identity,
                            IdentifyData(options.bases[i], options.queries[i]));
    if (i > 0 && identity.dims != task.identities[0].dims) {
      return absl::InvalidArgumentError(absl::StrCat(options.bases[i], ": ", identity.dims,
                                                     " dims, and ", task.identities[0].dims, " of ",
                                                     options.bases[0]));
    }
    NESTOR_ASSIGN_OR_RETURN(
        DataSet data,
        ReadDataSet({.base = options.bases[i], .queries = options.queries[i], .rows = options.rows},
                    options.metric, options.limit));
    identity.rows = data.base.rows;
    Append(data.base, &task.data.base);
    queries.push_back(std::move(data.queries));
    task.identities.push_back(std::move(identity));
  }
  task.data.queries = TakeTurns(queries);
  NESTOR_RETURN_IF_ERROR(TakeCalibration(options.calibrate, &task.data.queries, &task.calibration));
  return task;
}

// The same effort for every query: a range of shortlists, for ivf over a range of lists.
std::vector<std::pair<std::string, FunnelRequest>> FixedPlans(
    const AdaptiveBenchmarkOptions& options) {
  std::vector<std::pair<std::string, FunnelRequest>> plans;
  uint32_t size = options.limit;
  while (size <= kLargestShortlist) {
    if (options.index == IndexKind::kIvf) {
      for (const uint32_t nprobe : kFixedNprobe) {
        plans.emplace_back(absl::StrCat("K ", size, " nprobe ", nprobe),
                           FunnelRequest{size, 0, nprobe, {}});
      }
      size = 2 * size;
    } else {
      plans.emplace_back(absl::StrCat("K ", size), FunnelRequest{size, 0, 0, {}});
      size = std::max(size + 1, static_cast<uint32_t>(size * kShortlistStep));
    }
  }
  return plans;
}

Variant VariantOf(std::shared_ptr<const LoadedEngine> engine, uint32_t limit,
                  const PlanRequest& plan) {
  SearchRequest common;
  common.limit = limit;
  common.plan = plan;
  return {"", Json::object(),
          OneByOne([engine = std::move(engine), common](const float* query, RowIds* rows) {
            return engine->Search(query, common, rows);
          })};
}

// What an adaptive answer says to expect.
absl::StatusOr<std::optional<double>> Estimate(const LoadedEngine& engine,
                                               const FloatMatrix& queries, uint32_t limit,
                                               double target) {
  SearchRequest request;
  request.vector = {queries.Row(0), queries.dims};
  request.limit = limit;
  request.plan = AdaptiveRequest{static_cast<float>(target)};
  SearchResult result;
  NESTOR_RETURN_IF_ERROR(engine.Search(request, &result));
  return result.estimated_recall;
}

absl::StatusOr<std::shared_ptr<const LoadedEngine>> LoadCalibrated(
    const AdaptiveBenchmarkOptions& options, const AdaptiveTask& task, Console& console) {
  CollectionSpec spec;
  spec.name = "bench";
  spec.dims = static_cast<uint32_t>(task.data.base.dims);
  spec.metric = options.metric;
  spec.index_kind = options.index;
  const auto log = [&](absl::string_view error) { console.err << error << std::endl; };
  console.err << "building" << std::endl;
  NESTOR_ASSIGN_OR_RETURN(std::unique_ptr<LoadedEngine> engine,
                          LoadedEngine::Load(task.data.base, {}, spec, log, options.build_threads));
  NESTOR_RETURN_IF_ERROR(engine->CalibrateBy(task.calibration));
  console.out << absl::StreamFormat("calibrated in %.1f s by %d queries\n",
                                    engine->calibration_seconds(), task.calibration.rows);
  return engine;
}

struct AdaptiveLines {
  std::vector<AdaptiveLine> adaptive;
  std::vector<FixedLine> fixed;
};

absl::StatusOr<AdaptiveLines> MeasurePlans(const AdaptiveBenchmarkOptions& options,
                                           const AdaptiveTask& task, Console& console) {
  NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<const LoadedEngine> engine,
                          LoadCalibrated(options, task, console));
  console.err << "finding the true neighbours" << std::endl;
  const FloatMatrix& queries = task.data.queries;
  const ExactScorer scorer(task.data.base, options.metric);
  const Answers truth =
      ExactNeighbours(scorer, task.data.base, queries, options.limit, HardwareThreads());
  const std::vector<std::pair<std::string, FunnelRequest>> plans = FixedPlans(options);
  std::vector<Method> methods(1);
  std::vector<Variant>& variants = methods[0].variants;
  for (const double target : options.recall_targets) {
    variants.push_back(
        VariantOf(engine, options.limit, AdaptiveRequest{static_cast<float>(target)}));
  }
  for (const auto& [knob, plan] : plans) {
    variants.push_back(VariantOf(engine, options.limit, plan));
  }
  console.err << "measuring" << std::endl;
  NESTOR_ASSIGN_OR_RETURN(const std::vector<Measurement> measured,
                          Measure(methods, queries, options.repeat));
  AdaptiveLines lines;
  for (const Measurement& one : measured) {
    const double recall = MeanRecall(one.answers, truth, queries, scorer);
    if (one.variant < options.recall_targets.size()) {
      const double target = options.recall_targets[one.variant];
      NESTOR_ASSIGN_OR_RETURN(const std::optional<double> estimated,
                              Estimate(*engine, queries, options.limit, target));
      lines.adaptive.push_back({target, recall, estimated, one.micros_per_query});
    } else {
      const size_t plan = one.variant - options.recall_targets.size();
      lines.fixed.push_back({plans[plan].first, recall, one.micros_per_query});
    }
  }
  return lines;
}

absl::Status WriteAdaptiveDocument(const AdaptiveBenchmarkOptions& options,
                                   const AdaptiveTask& task, const AdaptiveLines& lines,
                                   const Console& console) {
  Json document = NewDocument("adaptive", console);
  document["data"] = DataJson(task.identities[0], options.metric);
  document["mixed_with"] = Json::array();
  for (size_t i = 1; i < task.identities.size(); ++i) {
    document["mixed_with"].push_back(DataJson(task.identities[i], options.metric));
  }
  document["limit"] = options.limit;
  document["queries"] = task.data.queries.rows;
  document["calibration_queries"] = task.calibration.rows;
  AddAdaptiveResults(lines.adaptive, lines.fixed, options.limit, &document);
  return WriteJsonFile(options.json, document);
}

}  // namespace

absl::Status RunAdaptiveBenchmark(const AdaptiveBenchmarkOptions& options, Console& console) {
  NESTOR_ASSIGN_OR_RETURN(const AdaptiveTask task, ReadTask(options));
  PrintMachine(console.out);
  for (size_t i = 0; i < task.identities.size(); ++i) {
    const DataIdentity& data = task.identities[i];
    console.out << (i == 0 ? "data      " : "and       ") << FileName(data.base) << ": "
                << data.rows << " rows x " << data.dims << " dims\n";
  }
  console.out << "queries   " << task.data.queries.rows
              << " measured, others than those to calibrate "
              << "by\n";
  NESTOR_ASSIGN_OR_RETURN(const AdaptiveLines lines, MeasurePlans(options, task, console));
  console.out << "\n";
  PrintAdaptive(lines.adaptive, lines.fixed, console.out);
  if (options.json.empty()) return absl::OkStatus();
  return WriteAdaptiveDocument(options, task, lines, console);
}

}  // namespace nestor::bench
