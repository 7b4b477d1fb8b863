#include "benchmarks/engine_benchmark.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "benchmarks/baselines.h"
#include "benchmarks/data_identity.h"
#include "benchmarks/engine_methods.h"
#include "benchmarks/engine_report.h"
#include "benchmarks/ground_truth.h"
#include "benchmarks/int_file.h"
#include "benchmarks/loaded_engine.h"
#include "benchmarks/machine.h"
#include "benchmarks/measure.h"
#include "benchmarks/quality.h"
#include "benchmarks/truth_file.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

struct Labels {
  std::vector<int64_t> base;  // both or none
  std::vector<int64_t> queries;
};

absl::StatusOr<Labels> ReadBothLabels(const EngineBenchmarkOptions& options, const DataSet& data) {
  Labels labels;
  if (options.labels.empty()) return labels;
  NESTOR_ASSIGN_OR_RETURN(labels.base, ReadLabels(options.labels, data.base.rows));
  NESTOR_ASSIGN_OR_RETURN(labels.queries, ReadLabels(options.query_labels, data.queries.rows));
  return labels;
}

absl::StatusOr<Answers> FindTruth(const EngineBenchmarkOptions& options, const DataSet& data,
                                  const ExactScorer& scorer) {
  if (!options.truth.empty()) {
    NESTOR_ASSIGN_OR_RETURN(DataIdentity identity,
                            IdentifyData(options.data.base, options.data.queries));
    identity.rows = data.base.rows;  // --rows may have cut it
    return ReadTruth(options.truth, identity, options.spec.metric, options.limit);
  }
  const int threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  return ExactNeighbours(scorer, data.base, data.queries, options.limit, threads);
}

// Baselines and ours, built. `unit` is what the baselines search.
absl::StatusOr<std::vector<Method>> BuildMethods(const EngineBenchmarkOptions& options,
                                                 const DataSet& data, const FloatMatrix& unit,
                                                 Console& console) {
  CollectionSpec spec = options.spec;
  spec.name = "bench";
  spec.dims = static_cast<uint32_t>(data.base.dims);
  const auto say = [&](absl::string_view what) { console.err << what << std::endl; };
  say("building: nestor");
  NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<const LoadedEngine> engine,
                          LoadedEngine::Load(data.base, {}, spec, say));
  const Metric metric = spec.metric;
  std::vector<Method> methods = {ExactScan(unit, metric, options.limit)};
  say("building: hnswlib on full vectors");
  NESTOR_ASSIGN_OR_RETURN(Method full, HnswlibFull(unit, metric, options.limit));
  methods.push_back(std::move(full));
  say("building: hnswlib on prefixes");
  NESTOR_ASSIGN_OR_RETURN(Method prefix,
                          HnswlibPrefix(unit, engine->spec().prefix_dims, metric, options.limit));
  methods.push_back(std::move(prefix));
  for (Method& ours : EngineMethods(engine, options.recall_targets, options.limit)) {
    methods.push_back(std::move(ours));
  }
  return methods;
}

ReportLine MakeLine(const std::vector<Method>& methods, const Measurement& measurement) {
  const Method& method = methods[measurement.method];
  ReportLine line;
  line.method = method.name;
  line.knob = method.variants[measurement.variant].knob;
  line.micros = measurement.micros_per_query;
  line.cpu_micros = measurement.cpu_micros_per_query;
  line.bytes_per_vector = method.bytes_per_vector;
  line.build_seconds = method.build_seconds;
  return line;
}

}  // namespace

absl::Status RunEngineBenchmark(const EngineBenchmarkOptions& options, Console& console) {
  NESTOR_ASSIGN_OR_RETURN(const DataSet data,
                          ReadDataSet(options.data, options.spec.metric, options.limit));
  NESTOR_ASSIGN_OR_RETURN(const Labels labels, ReadBothLabels(options, data));
  PrintMachine(console.out);
  PrintDataSet(options.data, data, options.spec.metric, console.out);
  console.out << std::endl;

  const ExactScorer scorer(data.base, options.spec.metric);
  console.err << "finding the true neighbours" << std::endl;
  NESTOR_ASSIGN_OR_RETURN(const Answers truth, FindTruth(options, data, scorer));
  const FloatMatrix unit = Prefixes(data.base, data.base.dims, options.spec.metric);
  NESTOR_ASSIGN_OR_RETURN(const std::vector<Method> methods,
                          BuildMethods(options, data, unit, console));
  console.err << "measuring" << std::endl;
  NESTOR_ASSIGN_OR_RETURN(const std::vector<Measurement> measurements,
                          Measure(methods, data.queries, options.repeat));

  std::vector<ReportLine> lines;
  for (const Measurement& measurement : measurements) {
    ReportLine line = MakeLine(methods, measurement);
    line.recall = MeanRecall(measurement.answers, truth, data.queries, scorer);
    if (!labels.base.empty()) {
      line.average_precision =
          MeanAveragePrecision(measurement.answers, labels.base, labels.queries, options.limit);
    }
    lines.push_back(std::move(line));
  }
  PrintMeasurements(lines, options.limit, console.out);
  console.out << "\n";
  PrintAtEqualRecall(lines, options.limit, console.out);
  return absl::OkStatus();
}

}  // namespace nestor::bench
