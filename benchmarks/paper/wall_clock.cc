#include "benchmarks/paper/wall_clock.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "benchmarks/baselines.h"
#include "benchmarks/data_options.h"
#include "benchmarks/engine_methods.h"
#include "benchmarks/loaded_engine.h"
#include "benchmarks/measure.h"
#include "benchmarks/row_scorer.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr Metric kMetric = Metric::kCosine;

class WallClock {
 public:
  WallClock(const RetrievalTask& task, const WallClockOptions& options, std::ostream& log)
      : task_(task), options_(options), log_(log), truth_(AnswersByPrefix(task, LastLevel())) {}

  absl::Status MeasureScans() {
    const std::vector<Method> methods = {ExactScan(Vectors(), kMetric, task_.limit),
                                         ScanOfPrefixes()};
    const std::vector<Answers> answers = {
        truth_, AnswersByRerank(task_, options_.prefix_level, LastLevel())};
    log_ << "measuring scans" << std::endl;
    NESTOR_ASSIGN_OR_RETURN(const std::vector<Measurement> measurements,
                            Measure(methods, ScannedQueries(), options_.repeat));
    for (const Measurement& measurement : measurements) {
      AddLine(methods, measurement, answers[measurement.method]);
    }
    return absl::OkStatus();
  }

  absl::Status MeasureIndexes() {
    std::vector<Method> methods;
    log_ << "building: hnswlib on full vectors" << std::endl;
    NESTOR_RETURN_IF_ERROR(
        Add(HnswlibFull(Vectors(), kMetric, task_.limit, options_.build_threads), &methods));
    log_ << "building: hnswlib on prefixes" << std::endl;
    NESTOR_RETURN_IF_ERROR(
        Add(HnswlibPrefix(Vectors(), PrefixDims(), kMetric, task_.limit, options_.build_threads),
            &methods));
    for (const IndexKind kind : {IndexKind::kHnsw, IndexKind::kFlat}) {
      NESTOR_RETURN_IF_ERROR(Add(BuildOurs(kind), &methods));
    }
    log_ << "measuring indexes" << std::endl;
    NESTOR_ASSIGN_OR_RETURN(const std::vector<Measurement> measurements,
                            Measure(methods, task_.queries.matrix(), options_.repeat));
    for (const Measurement& measurement : measurements) {
      AddLine(methods, measurement, measurement.answers);
    }
    return absl::OkStatus();
  }

  std::vector<ReportLine> TakeLines() { return std::move(lines_); }

 private:
  const FloatMatrix& Vectors() const { return task_.base.matrix(); }
  size_t LastLevel() const { return task_.base.levels() - 1; }
  size_t PrefixDims() const { return task_.base.dims(options_.prefix_level); }

  static absl::Status Add(absl::StatusOr<Method> method, std::vector<Method>* methods) {
    if (method.ok()) methods->push_back(*std::move(method));
    return method.status();
  }

  Method ScanOfPrefixes() const {
    auto prefixes = std::make_shared<FloatMatrix>(Prefixes(Vectors(), PrefixDims(), kMetric));
    auto scan = std::make_shared<RowScorer>(*prefixes, kMetric, task_.shortlist);
    auto rank = std::make_shared<RowScorer>(Vectors(), kMetric, task_.limit);
    Method method{"exact_prefix", {}, {}};
    method.cost.resident_bytes_per_vector =
        static_cast<double>((PrefixDims() + task_.base.full_dims()) * sizeof(float));
    method.variants.push_back({absl::StrCat("K ", task_.shortlist),
                               {{"prefix_dims", PrefixDims()}, {"shortlist", task_.shortlist}},
                               OneByOne([prefixes, scan, rank](const float* query, RowIds* answer) {
                                 scan->Scan(query, answer);
                                 rank->Rerank(query, *answer, answer);
                                 return absl::OkStatus();
                               })});
    return method;
  }

  absl::StatusOr<Method> BuildOurs(IndexKind kind) const {
    CollectionSpec spec;
    spec.name = "paper";
    spec.dims = static_cast<uint32_t>(task_.base.full_dims());
    spec.prefix_dims = static_cast<uint32_t>(PrefixDims());
    spec.index_kind = kind;
    log_ << "building: nestor with " << IndexKindName(kind) << std::endl;
    const auto say = [this](absl::string_view error) { log_ << error << std::endl; };
    NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<const LoadedEngine> engine,
                            LoadedEngine::Load(Vectors(), {}, spec, say, options_.build_threads));
    return EngineMethod(engine, {.recall_targets = options_.recall_targets},
                        static_cast<uint32_t>(task_.limit));
  }

  FloatMatrix ScannedQueries() const {
    const FloatMatrix& all = task_.queries.matrix();
    FloatMatrix some{std::min(all.rows, options_.scanned_queries), all.dims, {}};
    some.values.assign(all.Row(0), all.Row(0) + some.rows * some.dims);
    return some;
  }

  // `answers` are those to all queries.
  void AddLine(const std::vector<Method>& methods, const Measurement& measurement,
               const Answers& answers) {
    ReportLine line = MakeLine(methods, measurement);
    line.recall = NeighbourRecall(answers, truth_, task_.limit);
    line.average_precision = task_.judge.At(task_.limit, answers).average_precision;
    lines_.push_back(std::move(line));
  }

  const RetrievalTask& task_;
  const WallClockOptions& options_;
  std::ostream& log_;
  const Answers truth_;
  std::vector<ReportLine> lines_;
};

}  // namespace

absl::StatusOr<std::vector<ReportLine>> MeasureWallClock(const RetrievalTask& task,
                                                         const WallClockOptions& options,
                                                         std::ostream& log) {
  WallClock wall_clock(task, options, log);
  NESTOR_RETURN_IF_ERROR(wall_clock.MeasureScans());
  NESTOR_RETURN_IF_ERROR(wall_clock.MeasureIndexes());
  return wall_clock.TakeLines();
}

std::vector<SystemTime> TimesAt(const std::vector<ReportLine>& lines, double average_precision) {
  std::vector<SystemTime> times;
  for (const std::string& system : SystemsOf(lines)) {
    times.push_back({system, InterpolateTime(SweepOf(lines, system, Quality::kAveragePrecision),
                                             average_precision)});
  }
  return times;
}

}  // namespace nestor::bench
