#ifndef NESTOR_BENCHMARKS_ENGINE_SYSTEMS_H_
#define NESTOR_BENCHMARKS_ENGINE_SYSTEMS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "benchmarks/command_line.h"
#include "benchmarks/engine_benchmark.h"
#include "benchmarks/float_matrix.h"
#include "benchmarks/method.h"

namespace nestor::bench {

// All systems that `engine` compares, built one after the other over `base`, for cosine of unit
// length: the baselines that are asked for (benchmarks/baselines.h), then ours, once for each kind
// of index, calibrated by the queries `calibration`. `base` must outlive them. Says on `err` what
// it is building.
//
// INVALID_ARGUMENT for an impossible spec; otherwise the errors of engine, hnswlib and FAISS.
absl::StatusOr<std::vector<Method>> BuildSystems(const EngineBenchmarkOptions& options,
                                                 const FloatMatrix& base,
                                                 const FloatMatrix& calibration, Console& console);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_ENGINE_SYSTEMS_H_
