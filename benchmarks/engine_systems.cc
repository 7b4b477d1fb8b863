#include "benchmarks/engine_systems.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <ostream>
#include <utility>

#include "absl/strings/str_format.h"
#include "benchmarks/baselines.h"
#include "benchmarks/data_options.h"
#include "benchmarks/engine_methods.h"
#include "benchmarks/loaded_engine.h"
#include "benchmarks/process_memory.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

class SystemBuilder {
 public:
  SystemBuilder(const EngineBenchmarkOptions& options, const FloatMatrix& base,
                const FloatMatrix& calibration, std::ostream& log)
      : options_(options), base_(base), calibration_(calibration), log_(log) {}

  absl::StatusOr<std::vector<Method>> BuildOurs() {
    std::vector<Method> methods;
    for (const IndexKind kind : options_.indexes) {
      CollectionSpec spec = options_.spec;
      spec.name = "bench";
      spec.dims = static_cast<uint32_t>(base_.dims);
      spec.index_kind = kind;
      std::shared_ptr<const LoadedEngine> engine;
      const auto load = [&]() -> absl::StatusOr<Method> {
        const auto log = [this](absl::string_view error) { log_ << error << std::endl; };
        NESTOR_ASSIGN_OR_RETURN(std::unique_ptr<LoadedEngine> loaded,
                                LoadedEngine::Load(base_, {}, spec, log, options_.build_threads));
        if (options_.adaptive) {
          NESTOR_RETURN_IF_ERROR(loaded->CalibrateBy(calibration_));
          log_ << absl::StreamFormat("calibrated in %.1f s", loaded->calibration_seconds())
               << std::endl;
        }
        engine = std::move(loaded);
        prefix_dims_ = engine->spec().prefix_dims;
        return EngineMethod(engine, Plans(), options_.limit);
      };
      NESTOR_RETURN_IF_ERROR(Build("nestor with " + IndexKindName(kind), load, &methods));
      const MethodCost cost = methods.back().cost;
      const auto once_more = [&](const MeasuredPlans& plans, size_t batch) {
        methods.push_back(EngineMethod(engine, plans, options_.limit, batch));
        methods.back().cost = cost;
      };
      if (options_.estimated_scores) {
        MeasuredPlans plans = Plans();
        plans.exact = false;
        plans.estimated_scores = true;
        once_more(plans, 1);
      }
      if (options_.batch > 1) once_more(Plans(), options_.batch);
    }
    return methods;
  }

  // After ours: the prefixes are as long as ours unless something else is asked for.
  absl::StatusOr<std::vector<Method>> BuildBaselines() const {
    const Metric metric = options_.spec.metric;
    const size_t limit = options_.limit;
    const int threads = options_.build_threads;
    const size_t prefix_dims = options_.baseline_prefix_dims == 0
                                   ? prefix_dims_
                                   : std::min<size_t>(options_.baseline_prefix_dims, base_.dims);
    std::vector<Method> methods;
    for (const Baseline baseline : options_.baselines) {
      switch (baseline) {
        case Baseline::kExact:
          methods.push_back(ExactScan(base_, metric, limit));
          break;
        case Baseline::kHnswFull:
          NESTOR_RETURN_IF_ERROR(Build(
              "hnswlib on full vectors", [&] { return HnswlibFull(base_, metric, limit, threads); },
              &methods));
          break;
        case Baseline::kHnswPrefix:
          NESTOR_RETURN_IF_ERROR(Build(
              "hnswlib on prefixes",
              [&] { return HnswlibPrefix(base_, prefix_dims, metric, limit, threads); }, &methods));
          break;
        case Baseline::kIvfPrefix:
          NESTOR_RETURN_IF_ERROR(Build(
              "FAISS IVF on prefixes",
              [&] { return FaissIvfPrefix(base_, prefix_dims, metric, limit, threads); },
              &methods));
          break;
      }
    }
    return methods;
  }

 private:
  MeasuredPlans Plans() const {
    const std::vector<Baseline>& baselines = options_.baselines;
    MeasuredPlans plans;
    if (options_.adaptive) plans.recall_targets = options_.recall_targets;
    for (const uint32_t dims : options_.stage_dims) {
      for (const uint32_t keep : options_.stage_keeps) plans.stages.push_back({dims, keep});
    }
    plans.exact =
        std::find(baselines.begin(), baselines.end(), Baseline::kExact) != baselines.end();
    return plans;
  }

  absl::Status Build(const std::string& what, const std::function<absl::StatusOr<Method>()>& build,
                     std::vector<Method>* methods) const {
    log_ << "building: " << what << std::endl;
    const uint64_t before = AnonymousBytes();
    NESTOR_ASSIGN_OR_RETURN(Method method, build());
    const uint64_t after = AnonymousBytes();
    method.cost.grown_bytes_per_vector =
        after < before ? 0 : static_cast<double>(after - before) / static_cast<double>(base_.rows);
    methods->push_back(std::move(method));
    return absl::OkStatus();
  }

  const EngineBenchmarkOptions& options_;
  const FloatMatrix& base_;
  const FloatMatrix& calibration_;
  std::ostream& log_;
  size_t prefix_dims_ = 0;
};

}  // namespace

absl::StatusOr<std::vector<Method>> BuildSystems(const EngineBenchmarkOptions& options,
                                                 const FloatMatrix& base,
                                                 const FloatMatrix& calibration, Console& console) {
  SystemBuilder builder(options, base, calibration, console.err);
  // First, because a spec that cannot be is then found at once.
  NESTOR_ASSIGN_OR_RETURN(std::vector<Method> ours, builder.BuildOurs());
  NESTOR_ASSIGN_OR_RETURN(std::vector<Method> systems, builder.BuildBaselines());
  for (Method& method : ours) systems.push_back(std::move(method));
  return systems;
}

}  // namespace nestor::bench
