#ifndef NESTOR_SERVER_CHUNK_WRITER_H_
#define NESTOR_SERVER_CHUNK_WRITER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "engine/engine.h"
#include "nestor/v1/points.pb.h"

namespace nestor {

// Writes the chunks of one UpsertStream, in their order.
//
// Thread safety: none; one call at a time.
class ChunkWriter {
 public:
  // Writes `chunks` in one commit and appends an acknowledgement for the last one and for each that
  // has errors. An error ends the stream; the chunks in front of the one that it names are written
  // and acknowledged all the same. But if it IsRetryLater, nothing is, and the same chunks may be
  // given again. REQUIRES: chunks are not empty.
  absl::Status Write(Engine& engine, absl::Span<const v1::UpsertChunk> chunks,
                     std::vector<v1::UpsertAck>* acks);

 private:
  absl::Status CheckHead(const v1::UpsertChunk& chunk, uint64_t chunk_before);

  std::string collection_;   // as the first chunk names it
  uint64_t last_chunk_ = 0;  // the last one written
};

}  // namespace nestor

#endif  // NESTOR_SERVER_CHUNK_WRITER_H_
