#include "benchmarks/loaded_engine.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "benchmarks/stopwatch.h"
#include "engine/limits.h"
#include "storage/check.h"
#include "storage/checked_file.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr size_t kBatchRows = 1000;
constexpr absl::Duration kPoll = absl::Milliseconds(2);
constexpr absl::Duration kPatience = absl::Hours(2);

absl::Status ValidateRequest(const CollectionSpec& spec) {
  Violations violations;
  ValidateSpec(spec, &violations);
  return violations.ToStatus();
}

// Again and again while indexing is behind.
absl::Status WriteBatch(absl::Span<const UpsertItem> items, Collection* collection) {
  const absl::Time deadline = absl::Now() + kPatience;
  while (true) {
    const absl::StatusOr<WriteResult> result = collection->Upsert(items, WriteMode::kUpsert);
    if (result.ok() && !result->errors.empty()) return result->errors.front().status;
    if (!absl::IsResourceExhausted(result.status()) || absl::Now() > deadline) {
      return result.status();
    }
    absl::SleepFor(kPoll);
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<LoadedEngine>> LoadedEngine::Load(
    const FloatMatrix& base, absl::Span<const std::string> payloads, const CollectionSpec& spec,
    const std::function<void(absl::string_view)>& log_error, int index_threads) {
  NESTOR_CHECK(payloads.empty() || payloads.size() == base.rows);
  NESTOR_RETURN_IF_ERROR(ValidateRequest(spec));
  auto loaded = std::unique_ptr<LoadedEngine>(new LoadedEngine());
  NESTOR_ASSIGN_OR_RETURN(loaded->directory_, TemporaryDirectory::Create());
  RocksDbStoreOptions store_options;
  store_options.directory = absl::StrCat(loaded->directory_->path(), "/store");
  NESTOR_ASSIGN_OR_RETURN(std::unique_ptr<PointStore> store, OpenRocksDbStore(store_options));
  EngineOptions options;
  options.new_uuid = [] { return std::string("00000000-0000-4000-8000-000000000000"); };
  options.log_error = log_error;
  options.index_threads = index_threads;
  options.calibrates_itself = false;  // not by the queries that are measured, nor meanwhile
  NESTOR_ASSIGN_OR_RETURN(
      options.files, CheckedFiles::Open(absl::StrCat(loaded->directory_->path(), "/segments")));
  NESTOR_ASSIGN_OR_RETURN(loaded->engine_, Engine::Open(std::move(store), std::move(options)));
  NESTOR_ASSIGN_OR_RETURN(loaded->collection_,
                          loaded->engine_->CreateCollection(spec, Engine::IfExists::kRefuse));
  const Stopwatch build;
  NESTOR_RETURN_IF_ERROR(loaded->Write(base, payloads));
  NESTOR_RETURN_IF_ERROR(loaded->WaitUntilIndexed());
  loaded->build_seconds_ = build.Seconds();
  return loaded;
}

absl::Status LoadedEngine::CalibrateBy(const FloatMatrix& queries) {
  RowIds rows;
  for (size_t q = 0; q < queries.rows; ++q) {
    NESTOR_RETURN_IF_ERROR(Search(queries.Row(q), SearchRequest(), &rows));
  }
  const Stopwatch calibration;
  const uint64_t number = collection_->AskForCalibration();
  const absl::Time deadline = absl::Now() + kPatience;
  while (true) {
    const absl::StatusOr<bool> ended = collection_->CalibrationEnded(number);
    if (absl::IsFailedPrecondition(ended.status())) break;  // too few points: by the careful rule
    NESTOR_RETURN_IF_ERROR(ended.status());
    if (*ended) break;
    if (absl::Now() > deadline) return absl::DeadlineExceededError("the calibration is not ready");
    absl::SleepFor(kPoll);
  }
  calibration_seconds_ = calibration.Seconds();
  return absl::OkStatus();
}

absl::Status LoadedEngine::Write(const FloatMatrix& base, absl::Span<const std::string> payloads) {
  std::vector<UpsertItem> items;
  for (size_t first = 0; first < base.rows; first += kBatchRows) {
    items.clear();
    const size_t last = std::min(first + kBatchRows, base.rows);
    for (size_t row = first; row < last; ++row) {
      const absl::string_view payload = payloads.empty() ? "" : absl::string_view(payloads[row]);
      items.push_back({PointId::FromNumber(row), {base.Row(row), base.dims}, payload});
    }
    NESTOR_RETURN_IF_ERROR(WriteBatch(items, collection_.get()));
  }
  return absl::OkStatus();
}

absl::Status LoadedEngine::WaitUntilIndexed() {
  NESTOR_ASSIGN_OR_RETURN(const Sequence sequence, collection_->SealWrites());
  collection_->AskForSettling();
  const absl::Time deadline = absl::Now() + kPatience;
  while (!collection_->IsIndexed(sequence) || !collection_->IsSettled()) {
    if (absl::Now() > deadline) return absl::DeadlineExceededError("the index is not ready");
    absl::SleepFor(kPoll);
  }
  return absl::OkStatus();
}

absl::Status LoadedEngine::Search(const float* query, const SearchRequest& common,
                                  RowIds* rows) const {
  SearchRequest request = common;
  request.vector = {query, spec().dims};
  static thread_local SearchResult result;  // as a worker of the server keeps it
  NESTOR_RETURN_IF_ERROR(Search(request, &result));
  *rows = RowsOf(result.hits);
  return absl::OkStatus();
}

absl::Status LoadedEngine::SearchBatches(const FloatMatrix& queries, size_t batch,
                                         const SearchRequest& common, Answers* answers) const {
  answers->resize(queries.rows);
  std::vector<absl::Span<const float>> some;
  for (size_t first = 0; first < queries.rows; first += batch) {
    some.clear();
    for (size_t q = first; q < std::min(first + batch, queries.rows); ++q) {
      some.emplace_back(queries.Row(q), queries.dims);
    }
    NESTOR_RETURN_IF_ERROR(collection_->SearchBatch(
        common, some, [] { return absl::OkStatus(); },
        [&](size_t q, const SearchResult& result) {
          (*answers)[first + q] = RowsOf(result.hits);
          return absl::OkStatus();
        }));
  }
  return absl::OkStatus();
}

absl::Status LoadedEngine::Search(const SearchRequest& request, SearchResult* result) const {
  return collection_->Search(
      request, [] { return absl::OkStatus(); }, result);
}

RowIds LoadedEngine::RowsOf(const std::vector<Hit>& hits) {
  RowIds rows;
  rows.reserve(hits.size());
  for (const Hit& hit : hits) rows.push_back(static_cast<uint32_t>(hit.id.number()));
  return rows;
}

}  // namespace nestor::bench
