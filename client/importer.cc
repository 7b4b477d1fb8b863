#include "client/importer.h"

#include <optional>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "client/item_errors.h"

namespace nestor {
namespace {

constexpr absl::Duration kProgressEvery = absl::Milliseconds(100);

// A durable write of a large batch may wait behind others.
constexpr CallOptions kUpsertCall = {.timeout = absl::Seconds(120)};

absl::Status AtRows(const UpsertBatch& batch, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat("rows ", batch.first_row, " to ",
                                   batch.first_row + batch.rows - 1, ": ", status.message()));
}

}  // namespace

ImportResult Importer::Run() {
  {
    absl::MutexLock lock(&result_mutex_);
    working_ = options_.concurrency;
  }
  std::vector<std::thread> workers;
  for (int i = 0; i < options_.concurrency; ++i) workers.emplace_back([this] { Work(); });
  ReportProgress();
  for (std::thread& worker : workers) worker.join();
  absl::MutexLock lock(&result_mutex_);
  return result_;
}

void Importer::Work() {
  while (!Stopped()) {
    absl::StatusOr<std::optional<UpsertBatch>> batch = Take();
    if (!batch.ok()) Fail(batch.status());
    if (!batch.ok() || !batch->has_value()) break;
    absl::StatusOr<v1::WriteResponse> response = Send(**batch);
    if (response.ok()) {
      const std::vector<v1::ItemError> errors = OnePerItem(response->errors());
      Count(**batch, errors, errors.size());
      continue;
    }
    const std::vector<v1::ItemError> errors =
        OnePerItem(response.status(), (*batch)->request.columns());
    if (errors.empty()) {
      Fail(AtRows(**batch, response.status()));
    } else {  // it has no good point, and others may
      Count(**batch, errors, (*batch)->rows);
    }
  }
  absl::MutexLock lock(&result_mutex_);
  --working_;
}

absl::StatusOr<std::optional<UpsertBatch>> Importer::Take() {
  absl::MutexLock lock(&batches_mutex_);
  return batches_.Next();
}

absl::StatusOr<v1::WriteResponse> Importer::Send(const UpsertBatch& batch) {
  Backoff backoff(options_.retry);
  while (true) {
    absl::StatusOr<v1::WriteResponse> response = client_.Upsert(batch.request, kUpsertCall);
    if (response.ok() || !IsRetryable(response.status()) || Stopped()) return response;
    const std::optional<absl::Duration> wait = backoff.Next(response.status());
    if (!wait.has_value()) return response;
    {
      absl::MutexLock lock(&result_mutex_);
      ++result_.retries;
    }
    options_.sleep(*wait);
  }
}

void Importer::Count(const UpsertBatch& batch, absl::Span<const v1::ItemError> errors,
                     uint64_t refused) {
  absl::MutexLock lock(&result_mutex_);
  result_.imported += batch.rows - std::min(refused, batch.rows);
  result_.refused += refused;
  for (const v1::ItemError& error : errors) {
    if (result_.refused_points.size() == kMaxRefusedKept) break;
    result_.refused_points.push_back({batch.first_row + error.index(), error});
  }
}

void Importer::Fail(const absl::Status& status) {
  absl::MutexLock lock(&result_mutex_);
  if (result_.status.ok()) result_.status = status;
}

bool Importer::Stopped() const {
  absl::MutexLock lock(&result_mutex_);
  return !result_.status.ok();
}

void Importer::ReportProgress() {
  const auto ended = [this]() ABSL_SHARED_LOCKS_REQUIRED(result_mutex_) { return working_ == 0; };
  while (true) {
    uint64_t imported = 0;
    bool done = false;
    {
      absl::MutexLock lock(&result_mutex_);
      done = result_mutex_.AwaitWithTimeout(absl::Condition(&ended), kProgressEvery);
      imported = result_.imported;
    }
    options_.on_progress(imported);
    if (done) return;
  }
}

}  // namespace nestor
