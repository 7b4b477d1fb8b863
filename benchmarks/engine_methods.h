#ifndef NESTOR_BENCHMARKS_ENGINE_METHODS_H_
#define NESTOR_BENCHMARKS_ENGINE_METHODS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "benchmarks/loaded_engine.h"
#include "benchmarks/method.h"

namespace nestor::bench {

// Which plans of ours are measured, besides explicit shortlists over a range of sizes and, for ivf,
// of lists probed (what a fixed rule leaves on the table).
struct MeasuredPlans {
  std::vector<double> recall_targets = {};  // an adaptive one for each
  std::vector<Stage> stages = {};           // each as the only stage after each shortlist
  bool exact = true;
  bool estimated_scores = false;  // none of these reads vectors for scores alone
};

// Our own search, called "nestor_" and the kind of its index, and with batch > 1 that many queries
// at a time ("nestor_hnsw_batch_64"); with estimated scores "nestor_hnsw_estimated".
//
// Resident bytes are index and what the rerank tier has in memory, mapped ones what it and the
// records of points have in segment files, as the engine's statistics say. Memtables and block
// cache of RocksDB are in the process's growth only (MethodCost), which is left 0 here.
Method EngineMethod(const std::shared_ptr<const LoadedEngine>& engine, const MeasuredPlans& plans,
                    uint32_t limit, size_t batch = 1);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_ENGINE_METHODS_H_
