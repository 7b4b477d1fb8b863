#ifndef NESTOR_BENCHMARKS_ENGINE_METHODS_H_
#define NESTOR_BENCHMARKS_ENGINE_METHODS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "benchmarks/loaded_engine.h"
#include "benchmarks/method.h"

namespace nestor::bench {

// Our own search as methods: adaptive at each recall target, explicit funnels over a range of
// shortlist sizes (what a fixed rule leaves on the table), and exact. Memory is index and rerank
// tier as the engine's statistics have them; the last few rows of each search are read from
// RocksDB, whose block cache is not counted.
std::vector<Method> EngineMethods(const std::shared_ptr<const LoadedEngine>& engine,
                                  const std::vector<double>& recall_targets, uint32_t limit);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_ENGINE_METHODS_H_
