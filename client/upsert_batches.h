#ifndef NESTOR_CLIENT_UPSERT_BATCHES_H_
#define NESTOR_CLIENT_UPSERT_BATCHES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/payload_file.h"
#include "client/vector_file.h"
#include "google/protobuf/timestamp.pb.h"
#include "nestor/v1/points.pb.h"

namespace nestor {

// Below gRPC's usual limit of 4 MiB for a message, with room for the framing.
inline constexpr uint64_t kMaxBatchBytes = 4'000'000;
// What the server takes of one call.
inline constexpr uint64_t kMaxUpsertPoints = 10'000;

struct UpsertBatch {
  uint64_t first_row = 0;
  uint64_t rows = 0;
  v1::UpsertRequest request;  // columns; vectors as the file has them
};

struct UpsertBatchesOptions {
  std::string collection;
  uint64_t batch_points = 256;
  uint64_t rows = 0;     // the first so many rows of the vectors
  bool use_ids = false;  // ids of the payload file instead of row numbers
  // Of every point; unset: they last.
  std::optional<google::protobuf::Timestamp> expire_time = std::nullopt;
};

// Cuts a file of vectors, with or without a file of payloads, into upserts: at most `batch_points`
// points and (when there is more than one point) at most kMaxBatchBytes each.
//
// Thread safety: none; one thread at a time.
class UpsertBatches {
 public:
  // `vectors` and `payloads` (may be null) must outlive this.
  // REQUIRES: options.rows <= vectors.rows(), options.batch_points >= 1.
  UpsertBatches(const VectorFile& vectors, PayloadFile* payloads,
                const UpsertBatchesOptions& options)
      : vectors_(vectors), payloads_(payloads), options_(options) {}

  // nullopt after the last row. INVALID_ARGUMENT when a row cannot be read or the files do not
  // have the same number of rows (more payloads are right when `rows` stops before the last
  // vector). The files have moved on after an error, so that every later call answers it again.
  absl::StatusOr<std::optional<UpsertBatch>> Next();

 private:
  absl::StatusOr<std::optional<UpsertBatch>> Cut();
  // Appends payloads and ids of as many rows as fit; answers how many.
  absl::StatusOr<uint64_t> AddPayloads(v1::ColumnBatch& columns);
  absl::Status CheckEnd();

  const VectorFile& vectors_;
  PayloadFile* payloads_;
  UpsertBatchesOptions options_;
  uint64_t next_row_ = 0;
  absl::Status status_;  // the first error
};

}  // namespace nestor

#endif  // NESTOR_CLIENT_UPSERT_BATCHES_H_
