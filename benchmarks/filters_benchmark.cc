#include "benchmarks/filters_benchmark.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "benchmarks/data_options.h"
#include "benchmarks/filter_cases.h"
#include "benchmarks/filters_report.h"
#include "benchmarks/loaded_engine.h"
#include "benchmarks/machine.h"
#include "benchmarks/passes.h"
#include "benchmarks/quality.h"
#include "benchmarks/row_scorer.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

// One engine for each kind of index, all with the same rows.
struct Engines {
  std::vector<std::string> names;
  std::vector<std::unique_ptr<LoadedEngine>> engines;
};

// The queries of one filter case.
struct FilteredQueries {
  const FloatMatrix& queries;
  const std::vector<QueryFilter>& filters;  // one for each
};

// All queries, answered by one plan of one engine.
struct EngineAnswers {
  Answers answers;
  size_t scanned = 0;  // answered by the exact plan
};

std::vector<FilterCase> MakeCases(const FiltersBenchmarkOptions& options) {
  std::vector<FilterCase> cases;
  for (const double share : options.independent_shares) {
    cases.push_back({Relation::kIndependent, share});
  }
  for (const Relation relation : {Relation::kNear, Relation::kFar}) {
    for (const double share : options.region_shares) cases.push_back({relation, share});
  }
  return cases;
}

absl::StatusOr<Engines> LoadEngines(const FiltersBenchmarkOptions& options, const DataSet& data,
                                    const FloatMatrix& calibration, const FilterFields& fields,
                                    Console& console) {
  const std::vector<std::string> payloads = EncodePayloads(fields);
  const auto say = [&](absl::string_view what) { console.err << what << std::endl; };
  Engines engines;
  for (const IndexKind kind : options.index_kinds) {
    CollectionSpec spec;
    spec.name = "bench";
    spec.dims = static_cast<uint32_t>(data.base.dims);
    spec.metric = options.metric;
    spec.index_kind = kind;
    spec.payload_indexes = FilterFieldsSchema();
    engines.names.push_back(IndexKindName(kind));
    say(absl::StrCat("building: ", engines.names.back()));
    NESTOR_ASSIGN_OR_RETURN(std::unique_ptr<LoadedEngine> engine,
                            LoadedEngine::Load(data.base, payloads, spec, say));
    if (calibration.rows > 0) NESTOR_RETURN_IF_ERROR(engine->CalibrateBy(calibration));
    engines.engines.push_back(std::move(engine));
  }
  return engines;
}

absl::Status AnswerAll(const LoadedEngine& engine, const FilteredQueries& filtered, uint32_t limit,
                       const PlanRequest& plan, EngineAnswers* out) {
  out->answers.clear();
  out->scanned = 0;
  SearchResult result;
  for (size_t q = 0; q < filtered.queries.rows; ++q) {
    SearchRequest request;
    request.vector = {filtered.queries.Row(q), filtered.queries.dims};
    request.limit = limit;
    request.filter = &filtered.filters[q].filter;
    request.plan = plan;
    NESTOR_RETURN_IF_ERROR(engine.Search(request, &result));
    out->answers.push_back(LoadedEngine::RowsOf(result.hits));
    out->scanned += result.exact ? 1 : 0;
  }
  return absl::OkStatus();
}

void ScanAll(const FilteredQueries& filtered, RowScorer* scorer, Answers* answers) {
  answers->resize(filtered.queries.rows);
  for (size_t q = 0; q < filtered.queries.rows; ++q) {
    scorer->Rerank(filtered.queries.Row(q), filtered.filters[q].rows, &(*answers)[q]);
  }
}

Answers FindTruth(const FilteredQueries& filtered, const ExactScorer& scorer, size_t limit) {
  Answers truth;
  for (size_t q = 0; q < filtered.queries.rows; ++q) {
    truth.push_back(
        ExactNeighboursAmong(scorer, filtered.filters[q].rows, filtered.queries.Row(q), limit));
  }
  return truth;
}

absl::Status CheckHits(const Answers& answers, const FilteredQueries& filtered) {
  for (size_t q = 0; q < answers.size(); ++q) {
    const RowIds& rows = filtered.filters[q].rows;
    for (const uint32_t row : answers[q]) {
      if (std::binary_search(rows.begin(), rows.end(), row)) continue;
      return absl::InternalError(
          absl::StrCat("query ", q, ": hit ", row, " does not satisfy the filter"));
    }
  }
  return absl::OkStatus();
}

double MeanRows(const FilteredQueries& filtered) {
  double sum = 0;
  for (const QueryFilter& filter : filtered.filters) sum += static_cast<double>(filter.rows.size());
  return sum / static_cast<double>(filtered.filters.size());
}

double ShareOfFullAnswers(const Answers& answers, const Answers& truth) {
  double full = 0;
  for (size_t q = 0; q < answers.size(); ++q) full += answers[q].size() == truth[q].size() ? 1 : 0;
  return full / static_cast<double>(answers.size());
}

// Measures one filter case on all engines.
class CaseRunner {
 public:
  // All must outlive this.
  CaseRunner(const FiltersBenchmarkOptions& options, const DataSet& data, const ExactScorer& scorer,
             const FilterFields& fields, const Engines& engines)
      : options_(options),
        data_(data),
        scorer_(scorer),
        fields_(fields),
        engines_(engines),
        unit_(Prefixes(data.base, data.base.dims, options.metric)) {}

  // One line for each engine.
  absl::StatusOr<std::vector<FilterLine>> Run(const FilterCase& filter_case) const {
    const std::vector<QueryFilter> filters =
        MakeQueryFilters(filter_case, fields_, scorer_, data_.queries);
    const FilteredQueries filtered{data_.queries, filters};
    const Answers truth = FindTruth(filtered, scorer_, options_.limit);
    std::vector<EngineAnswers> adaptive(engines_.engines.size());
    NESTOR_ASSIGN_OR_RETURN(const std::vector<PassTime> times, Time(filtered, &adaptive));

    std::vector<FilterLine> lines;
    for (size_t i = 0; i < adaptive.size(); ++i) {
      NESTOR_RETURN_IF_ERROR(CheckHits(adaptive[i].answers, filtered));
      FilterLine line = Judge(adaptive[i], filtered, truth);
      line.index = engines_.names[i];
      line.filter = FilterCaseName(filter_case);
      line.float_micros = Micros(times[0]);
      line.adaptive_micros = Micros(times[1 + 2 * i]);
      line.exact_micros = Micros(times[2 + 2 * i]);
      lines.push_back(std::move(line));
    }
    return lines;
  }

 private:
  // First the float loop, then, for each engine, adaptive and exact search.
  absl::StatusOr<std::vector<PassTime>> Time(const FilteredQueries& filtered,
                                             std::vector<EngineAnswers>* adaptive) const {
    RowScorer scanner(unit_, options_.metric, options_.limit);
    Answers scan_answers;
    std::vector<EngineAnswers> exact(adaptive->size());
    std::vector<Pass> passes = {[&] {
      ScanAll(filtered, &scanner, &scan_answers);
      return absl::OkStatus();
    }};
    const AdaptiveRequest target{static_cast<float>(options_.recall_target)};
    for (size_t i = 0; i < adaptive->size(); ++i) {
      const LoadedEngine& engine = *engines_.engines[i];
      passes.push_back(
          [&, i] { return AnswerAll(engine, filtered, options_.limit, target, &(*adaptive)[i]); });
      passes.push_back([&, i] {
        return AnswerAll(engine, filtered, options_.limit, ExactRequest{}, &exact[i]);
      });
    }
    return TimePasses(passes, options_.repeat);
  }

  FilterLine Judge(const EngineAnswers& adaptive, const FilteredQueries& filtered,
                   const Answers& truth) const {
    FilterLine line;
    line.rows = MeanRows(filtered);
    line.scanned_share =
        static_cast<double>(adaptive.scanned) / static_cast<double>(adaptive.answers.size());
    line.recall = MeanRecall(adaptive.answers, truth, data_.queries, scorer_);
    line.full_share = ShareOfFullAnswers(adaptive.answers, truth);
    return line;
  }

  double Micros(const PassTime& time) const {
    return 1e6 * time.cpu_seconds / static_cast<double>(data_.queries.rows);
  }

  const FiltersBenchmarkOptions& options_;
  const DataSet& data_;
  const ExactScorer& scorer_;
  const FilterFields& fields_;
  const Engines& engines_;
  const FloatMatrix unit_;  // what the float loop scans
};

}  // namespace

absl::Status RunFiltersBenchmark(const FiltersBenchmarkOptions& options, Console& console) {
  NESTOR_ASSIGN_OR_RETURN(DataSet data, ReadDataSet(options.data, options.metric, options.limit));
  FloatMatrix calibration;
  NESTOR_RETURN_IF_ERROR(TakeCalibration(options.calibrate, &data.queries, &calibration));
  PrintMachine(console.out);
  PrintDataSet(options.data, data, options.metric, console.out);
  console.out << std::endl;

  const ExactScorer scorer(data.base, options.metric);
  const FilterFields fields = MakeFilterFields(scorer, data.base, options.fields);
  NESTOR_ASSIGN_OR_RETURN(const Engines engines,
                          LoadEngines(options, data, calibration, fields, console));
  const CaseRunner runner(options, data, scorer, fields, engines);
  std::vector<std::vector<FilterLine>> by_engine(engines.names.size());
  for (const FilterCase& filter_case : MakeCases(options)) {
    console.err << "measuring: " << FilterCaseName(filter_case) << std::endl;
    NESTOR_ASSIGN_OR_RETURN(const std::vector<FilterLine> lines, runner.Run(filter_case));
    for (size_t i = 0; i < lines.size(); ++i) by_engine[i].push_back(lines[i]);
  }
  std::vector<FilterLine> all;
  for (const std::vector<FilterLine>& lines : by_engine) {
    all.insert(all.end(), lines.begin(), lines.end());
  }
  PrintFilterLines(all, {.recall = options.recall_target}, options.limit, console.out);
  return absl::OkStatus();
}

}  // namespace nestor::bench
