#ifndef NESTOR_BENCHMARKS_LOADED_ENGINE_H_
#define NESTOR_BENCHMARKS_LOADED_ENGINE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "benchmarks/answers.h"
#include "benchmarks/float_matrix.h"
#include "benchmarks/temporary_directory.h"
#include "engine/engine.h"

namespace nestor::bench {

// An engine in this process, on a RocksDB store in a temporary directory, with one collection that
// holds a matrix and has indexed all of it: what a server searches, without the
// server.
//
// Thread safety: Search() may be called from any thread.
class LoadedEngine {
 public:
  // Writes the rows of `base`, their numbers as ids, and waits for the indexes; background work has
  // one thread for each kind, and `index_threads` for the building of an index. `payloads` are the
  // rows' payloads (serialised storage::PayloadRecords), or none at all. What goes wrong in the
  // background goes to `log_error`. InvalidArgumentError for an impossible spec; otherwise the
  // engine's errors. REQUIRES: as many payloads as rows, or none.
  static absl::StatusOr<std::unique_ptr<LoadedEngine>> Load(
      const FloatMatrix& base, absl::Span<const std::string> payloads, const CollectionSpec& spec,
      const std::function<void(absl::string_view)>& log_error, int index_threads = 1);

  // Searches for `queries` and calibrates again, by these if they are enough.
  absl::Status CalibrateBy(const FloatMatrix& queries);

  const ResolvedSpec& spec() const { return collection_->spec(); }
  // Writing (durably) and indexing, from the first row to the last.
  double build_seconds() const { return build_seconds_; }
  // Calibrating, the last time.
  double calibration_seconds() const { return calibration_seconds_; }
  CollectionStats Stats() const { return collection_->Stats(); }

  // One query, and all, `batch` of them at a time. `common` has everything but the vector.
  absl::Status Search(const float* query, const SearchRequest& common, RowIds* rows) const;
  absl::Status SearchBatches(const FloatMatrix& queries, size_t batch, const SearchRequest& common,
                             Answers* answers) const;
  // Any valid request: see Collection::Search, and RowsOf for what the hits mean.
  absl::Status Search(const SearchRequest& request, SearchResult* result) const;
  // The rows of `hits`, in their order.
  static RowIds RowsOf(const std::vector<Hit>& hits);

 private:
  LoadedEngine() = default;

  absl::Status Write(const FloatMatrix& base, absl::Span<const std::string> payloads);
  absl::Status WaitUntilIndexed();

  std::unique_ptr<TemporaryDirectory> directory_;
  std::unique_ptr<Engine> engine_;
  std::shared_ptr<Collection> collection_;
  double build_seconds_ = 0;
  double calibration_seconds_ = 0;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOADED_ENGINE_H_
