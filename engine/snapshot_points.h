#ifndef NESTOR_ENGINE_SNAPSHOT_POINTS_H_
#define NESTOR_ENGINE_SNAPSHOT_POINTS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/collection_spec.h"
#include "engine/expiry_table.h"
#include "engine/write_types.h"
#include "storage/checked_file.h"

// Some points of a snapshot as a checked file, in the order of their ids. Integers and floats are
// little-endian; n is the number of points, d the dims of the collection.
//
//   section            bytes
//   1   id ends        u32 x n: where in section 2 each id ends, and the next begins
//   2   ids            PointId::encoded(), one behind the other
//   3   vectors        float x n x d, as they were sent
//   4   payload ends   u32 x n, in section 5; equal to the one before: no payload
//   5   payloads       storage::PayloadRecord, one behind the other
//   6   expiries       i64 x n, microseconds since 1970, UTC; the greatest i64: never

namespace nestor {

// Gathers points and writes them.
class SnapshotPointsWriter {
 public:
  // REQUIRES: ids ascend; `vector` has d floats; at most kMaxSnapshotFilePoints points in at most
  // kMaxSnapshotFileBytes.
  void Append(const PointId& id, absl::string_view vector, absl::string_view payload,
              ExpireTime expire_us);
  size_t points() const { return expiries_.size(); }
  // What the sections take.
  size_t bytes() const;
  // As CheckedFiles::Write. Starts again with no points.
  absl::StatusOr<uint32_t> Write(const CheckedFiles& files, absl::string_view name);

 private:
  std::vector<uint32_t> id_ends_;
  std::string ids_;
  std::string vectors_;
  std::vector<uint32_t> payload_ends_;
  std::string payloads_;
  std::vector<int64_t> expiries_;
};

// Reads such a file of `points` points and hands them to `visit`, in their order, together or in
// several calls. What a file has is checked as what a request has: ids, vectors (ValidateVector),
// payloads, times; and ids ascend from the one after *last, which becomes the last one.
// DataLossError naming the file and what is wrong; ResourceExhaustedError if memory runs out; what
// `visit` returns.
absl::Status ReadSnapshotPoints(
    const CheckedFileReader& file, const CollectionSpec& spec, uint64_t points, PointId* last,
    absl::FunctionRef<absl::Status(absl::Span<const UpsertItem> points)> visit);

}  // namespace nestor

#endif  // NESTOR_ENGINE_SNAPSHOT_POINTS_H_
