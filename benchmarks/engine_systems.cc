#include "benchmarks/engine_systems.h"

#include <functional>
#include <memory>
#include <ostream>
#include <utility>

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
                const FloatMatrix& unit, std::ostream& log)
      : options_(options), base_(base), unit_(unit), log_(log) {}

  absl::StatusOr<std::vector<Method>> BuildOurs() {
    std::vector<Method> methods;
    for (const IndexKind kind : options_.indexes) {
      CollectionSpec spec = options_.spec;
      spec.name = "bench";
      spec.dims = static_cast<uint32_t>(base_.dims);
      spec.index_kind = kind;
      const auto load = [&]() -> absl::StatusOr<Method> {
        const auto log = [this](absl::string_view error) { log_ << error << std::endl; };
        NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<const LoadedEngine> engine,
                                LoadedEngine::Load(base_, {}, spec, log, options_.build_threads));
        prefix_dims_ = engine->spec().prefix_dims;
        return EngineMethod(engine, options_.recall_targets, options_.limit);
      };
      NESTOR_RETURN_IF_ERROR(Build("nestor with " + IndexKindName(kind), load, &methods));
    }
    return methods;
  }

  // After ours: the prefixes are as long as ours.
  absl::StatusOr<std::vector<Method>> BuildBaselines() const {
    const Metric metric = options_.spec.metric;
    const size_t limit = options_.limit;
    const int threads = options_.build_threads;
    std::vector<Method> methods = {ExactScan(unit_, metric, limit)};
    NESTOR_RETURN_IF_ERROR(Build(
        "hnswlib on full vectors", [&] { return HnswlibFull(unit_, metric, limit, threads); },
        &methods));
    NESTOR_RETURN_IF_ERROR(Build(
        "hnswlib on prefixes",
        [&] { return HnswlibPrefix(unit_, prefix_dims_, metric, limit, threads); }, &methods));
    NESTOR_RETURN_IF_ERROR(Build(
        "FAISS IVF on prefixes",
        [&] { return FaissIvfPrefix(unit_, prefix_dims_, metric, limit, threads); }, &methods));
    return methods;
  }

 private:
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
  const FloatMatrix& unit_;
  std::ostream& log_;
  size_t prefix_dims_ = 0;
};

}  // namespace

absl::StatusOr<std::vector<Method>> BuildSystems(const EngineBenchmarkOptions& options,
                                                 const FloatMatrix& base, const FloatMatrix& unit,
                                                 Console& console) {
  SystemBuilder builder(options, base, unit, console.err);
  // First, because a spec that cannot be is then found at once.
  NESTOR_ASSIGN_OR_RETURN(std::vector<Method> ours, builder.BuildOurs());
  NESTOR_ASSIGN_OR_RETURN(std::vector<Method> systems, builder.BuildBaselines());
  for (Method& method : ours) systems.push_back(std::move(method));
  return systems;
}

}  // namespace nestor::bench
