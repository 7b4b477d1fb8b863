#ifndef NESTOR_BENCHMARKS_ENGINE_METHODS_H_
#define NESTOR_BENCHMARKS_ENGINE_METHODS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "benchmarks/loaded_engine.h"
#include "benchmarks/method.h"

namespace nestor::bench {

// Our own search, called "nestor_" and the kind of its index: adaptive at each recall target,
// explicit funnels over a range of shortlist sizes and, for ivf, of lists probed (what a fixed rule
// leaves on the table), and exact.
//
// Resident bytes are index and rerank tier as the engine's statistics have them, all of it on the
// heap: segment files are read into memory, and this engine has none. The last few rows of each
// search are read from RocksDB, whose memtables and block cache are not in this number but in the
// process's growth (MethodCost), which is left 0 here. Mapped bytes are the mappings of files of
// the store, as the kernel has them now: none, unless RocksDB is told to map its tables.
Method EngineMethod(const std::shared_ptr<const LoadedEngine>& engine,
                    const std::vector<double>& recall_targets, uint32_t limit);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_ENGINE_METHODS_H_
