#ifndef NESTOR_BENCHMARKS_LOAD_BULK_LOAD_H_
#define NESTOR_BENCHMARKS_LOAD_BULK_LOAD_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "client/client.h"
#include "client/vector_file.h"

namespace nestor::bench {

struct BulkLoadOptions {
  std::string collection;
  uint32_t rows = 0;               // of the file, from the first on; at least 1
  uint64_t chunk_rows = 256;       // of one message
  size_t max_unacknowledged = 32;  // messages
  // Called after each message with the rows sent so far.
  std::function<void(uint64_t)> on_progress = [](uint64_t) {};
};

struct BulkLoadResult {
  uint64_t sequence = 0;  // of the last write
  uint64_t resent = 0;    // messages that were sent again because the server was full or away
  // Since the first message was sent.
  double written_seconds = 0;     // until all was acknowledged, which means durable
  double searchable_seconds = 0;  // until a search found the last point
  double indexed_seconds = 0;     // until all is in the index
  v1::CollectionStats stats;      // then
};

// Writes the rows of a file under their numbers as ids, with the payload of rank_payload.h, through
// one stream (client/streaming_upsert.h), as fast as the server takes them, and waits for the
// index. INTERNAL when the server refused a point; otherwise its errors and the reader's.
absl::StatusOr<BulkLoadResult> BulkLoad(const Client& client, const VectorFile& vectors,
                                        const BulkLoadOptions& options);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_BULK_LOAD_H_
