#include "benchmarks/load/bulk_load.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "benchmarks/load/rank_payload.h"
#include "benchmarks/stopwatch.h"
#include "client/streaming_upsert.h"
#include "client/upsert_batches.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr absl::Duration kSearchableWithin = absl::Seconds(60);
constexpr absl::Duration kAskAgainAfter = absl::Milliseconds(1);

absl::StatusOr<v1::UpsertChunk> ReadChunk(const VectorFile& vectors,
                                          const std::vector<uint32_t>& ranks, uint64_t first,
                                          uint64_t rows) {
  v1::UpsertChunk chunk;
  v1::ColumnBatch& columns = *chunk.mutable_columns();
  for (uint64_t row = first; row < first + rows; ++row) {
    columns.add_ids()->set_num(row);
    *columns.add_payloads() = RankPayload(ranks[row]);
  }
  v1::Matrix& matrix = *columns.mutable_vectors();
  matrix.set_rows(static_cast<uint32_t>(rows));
  matrix.set_dims(vectors.dims());
  matrix.set_encoding(vectors.encoding());
  NESTOR_ASSIGN_OR_RETURN(*matrix.mutable_packed(), vectors.ReadRows(first, rows));
  return chunk;
}

absl::Status SendAll(const VectorFile& vectors, const BulkLoadOptions& options,
                     StreamingUpsert& stream) {
  const std::vector<uint32_t> ranks = RanksOfRows(options.rows);
  const uint64_t fitting = std::max<uint64_t>(1, kMaxBatchBytes / vectors.row_bytes());
  const uint64_t chunk_rows = std::min(options.chunk_rows, fitting);
  for (uint64_t first = 0; first < options.rows; first += chunk_rows) {
    const uint64_t rows = std::min<uint64_t>(chunk_rows, options.rows - first);
    NESTOR_ASSIGN_OR_RETURN(v1::UpsertChunk chunk, ReadChunk(vectors, ranks, first, rows));
    if (!stream.Send(std::move(chunk)).ok()) break;  // Finish() says why
    options.on_progress(first + rows);
  }
  return absl::OkStatus();
}

absl::StatusOr<StreamingUpsertResult> WriteAll(const Client& client, const VectorFile& vectors,
                                               const BulkLoadOptions& options) {
  StreamingUpsert stream(
      client, {.collection = options.collection, .max_unacknowledged = options.max_unacknowledged});
  const absl::Status sent = SendAll(vectors, options, stream);
  StreamingUpsertResult result = stream.Finish();
  NESTOR_RETURN_IF_ERROR(sent);
  NESTOR_RETURN_IF_ERROR(result.status);
  if (result.refused == 0) return result;
  return absl::InternalError(
      absl::StrCat("the server refused ", result.refused,
                   " points, the first one: ", result.errors.front().error.message()));
}

// Searches for the last row by its own vector, among nothing else, until it is found.
absl::Status AwaitSearchable(const Client& client, const VectorFile& vectors,
                             const BulkLoadOptions& options) {
  const uint64_t last = options.rows - 1;
  v1::SearchRequest request;
  request.set_collection(options.collection);
  request.set_limit(1);
  request.mutable_filter()->mutable_has_id()->add_ids()->set_num(last);
  NESTOR_ASSIGN_OR_RETURN(*request.mutable_vector()->mutable_packed(), vectors.ReadRows(last, 1));
  request.mutable_vector()->set_encoding(vectors.encoding());
  const absl::Time end = absl::Now() + kSearchableWithin;
  while (absl::Now() < end) {
    NESTOR_ASSIGN_OR_RETURN(const v1::SearchResponse response, client.Search(request));
    if (response.hits_size() > 0 && response.hits(0).id().num() == last) return absl::OkStatus();
    absl::SleepFor(kAskAgainAfter);
  }
  return absl::DeadlineExceededError(absl::StrCat("point ", last, " is acknowledged, and after ",
                                                  absl::FormatDuration(kSearchableWithin),
                                                  " no search finds it"));
}

}  // namespace

absl::StatusOr<BulkLoadResult> BulkLoad(const Client& client, const VectorFile& vectors,
                                        const BulkLoadOptions& options) {
  BulkLoadResult result;
  const Stopwatch stopwatch;
  NESTOR_ASSIGN_OR_RETURN(const StreamingUpsertResult written, WriteAll(client, vectors, options));
  result.written_seconds = stopwatch.Seconds();
  result.sequence = written.sequence;
  result.resent = written.resent;
  NESTOR_RETURN_IF_ERROR(AwaitSearchable(client, vectors, options));
  result.searchable_seconds = stopwatch.Seconds();
  v1::WaitForIndexRequest wait;
  wait.set_name(options.collection);
  NESTOR_ASSIGN_OR_RETURN(result.stats, client.WaitForIndex(wait));
  result.indexed_seconds = stopwatch.Seconds();
  return result;
}

}  // namespace nestor::bench
