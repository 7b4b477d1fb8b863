#include "client/upsert_batches.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace nestor {

absl::StatusOr<std::optional<UpsertBatch>> UpsertBatches::Next() {
  if (!status_.ok()) return status_;
  absl::StatusOr<std::optional<UpsertBatch>> batch = Cut();
  status_ = batch.status();
  return batch;
}

absl::StatusOr<std::optional<UpsertBatch>> UpsertBatches::Cut() {
  if (next_row_ == options_.rows) {
    if (absl::Status status = CheckEnd(); !status.ok()) return status;
    return std::nullopt;
  }
  UpsertBatch batch;
  batch.first_row = next_row_;
  batch.request.set_collection(options_.collection);
  v1::ColumnBatch& columns = *batch.request.mutable_columns();
  absl::StatusOr<uint64_t> rows = AddPayloads(columns);
  if (!rows.ok()) return rows.status();
  batch.rows = *rows;
  absl::StatusOr<std::string> packed = vectors_.ReadRows(next_row_, batch.rows);
  if (!packed.ok()) return packed.status();
  columns.mutable_vectors()->set_rows(static_cast<uint32_t>(batch.rows));
  columns.mutable_vectors()->set_dims(vectors_.dims());
  columns.mutable_vectors()->set_encoding(vectors_.encoding());
  columns.mutable_vectors()->set_packed(*std::move(packed));
  next_row_ += batch.rows;
  return batch;
}

absl::StatusOr<uint64_t> UpsertBatches::AddPayloads(v1::ColumnBatch& columns) {
  const uint64_t most = std::min(options_.batch_points, options_.rows - next_row_);
  uint64_t rows = 0;
  uint64_t bytes = 0;
  while (rows < most && (rows == 0 || bytes + vectors_.row_bytes() <= kMaxBatchBytes)) {
    v1::PointId id;
    id.set_num(next_row_ + rows);
    if (payloads_ != nullptr) {
      absl::StatusOr<std::optional<PayloadRow>> row = payloads_->Next();
      if (!row.ok()) return row.status();
      if (!row->has_value()) {
        return absl::InvalidArgumentError(
            absl::StrCat(payloads_->path(), ": ends after ", next_row_ + rows, " lines; ",
                         vectors_.path(), " has ", vectors_.rows(), " rows"));
      }
      bytes += (*row)->payload.ByteSizeLong();
      *columns.add_payloads() = std::move((*row)->payload);
      if (options_.use_ids) id = std::move((*row)->id);
    }
    bytes += vectors_.row_bytes() + id.ByteSizeLong();
    *columns.add_ids() = std::move(id);
    if (options_.expire_time) *columns.add_expire_times() = *options_.expire_time;
    ++rows;
  }
  return rows;
}

absl::Status UpsertBatches::CheckEnd() {
  if (payloads_ == nullptr || options_.rows < vectors_.rows()) return absl::OkStatus();
  absl::StatusOr<std::optional<PayloadRow>> row = payloads_->Next();
  if (!row.ok()) return row.status();
  if (!row->has_value()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(payloads_->path(), ": has more lines than the ",
                                                 vectors_.rows(), " rows of ", vectors_.path()));
}

}  // namespace nestor
