#ifndef NESTOR_BENCHMARKS_LOADED_ENGINE_H_
#define NESTOR_BENCHMARKS_LOADED_ENGINE_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "benchmarks/answers.h"
#include "benchmarks/float_matrix.h"
#include "benchmarks/temporary_directory.h"
#include "engine/engine.h"

namespace nestor::bench {

// An engine in this process, on a RocksDB store in a temporary directory, with one collection that
// holds a matrix and has indexed all of it: what a server searches, without the server.
//
// Thread safety: Search() may be called from any thread.
class LoadedEngine {
 public:
  // Writes the rows of `base`, their numbers as ids, and waits for the index; background work has
  // one thread for each kind. What goes wrong in the background goes to `log_error`.
  // InvalidArgumentError for an impossible spec; otherwise the engine's errors.
  static absl::StatusOr<std::unique_ptr<LoadedEngine>> Load(
      const FloatMatrix& base, const CollectionSpec& spec,
      const std::function<void(absl::string_view)>& log_error);

  const ResolvedSpec& spec() const { return collection_->spec(); }
  // Writing (durably) and indexing, from the first row to the last.
  double build_seconds() const { return build_seconds_; }
  CollectionStats Stats() const { return collection_->Stats(); }

  absl::Status Search(const float* query, uint32_t limit, const PlanRequest& plan,
                      RowIds* rows) const;

 private:
  LoadedEngine() = default;

  absl::Status Write(const FloatMatrix& base);
  absl::Status WaitUntilIndexed();

  std::unique_ptr<TemporaryDirectory> directory_;
  std::unique_ptr<Engine> engine_;
  std::shared_ptr<Collection> collection_;
  double build_seconds_ = 0;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOADED_ENGINE_H_
