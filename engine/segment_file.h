#ifndef NESTOR_ENGINE_SEGMENT_FILE_H_
#define NESTOR_ENGINE_SEGMENT_FILE_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/collection_spec.h"
#include "engine/segment.h"
#include "storage/checked_file.h"

// A segment as a checked file, so that a restart need not build it again. Arrays are little-endian
// and lie as in memory; n is the number of rows, d dims, p prefix dims.
//
//   section                bytes
//   1   properties         what the segment is of:
//
//        0            4            8          12               16               20
//       +------------+------------+----------+----------------+----------------+-----------------+
//       | format:u32 | metric:u32 | dims:u32 | prefix_dims:u32| prefix_bits:u32| index_kind:u32  |
//       +------------+------------+----------+----------------+----------------+-----------------+
//       | tier:u32   | learnt:u32 | rows:u64 | first_sequence:u64 | uuid of the collection, 64    |
//       |            |            |          |                    | bytes of text, zeros behind   |
//       +------------+------------+----------+--------------------+-------------------------------+
//       24           28           32         40                   48 112
//
//   2   rows               u64 x n, ascending
//   3   zero prefix rows   u32, local rows, ascending
//   10  codes              bytes of kernels::PackedRows                    prefix_bits < 32
//   12  codes              float x n x p                                   prefix_bits 32
//   13  norms              float x n, squared                              l2
//   20  graph              u32 x 4: entry point, top level, base stride, upper stride
//   21  base               u32 x n x base stride                           see HnswGraph
//   22  upper offsets      u32 x n
//   23  upper              u32
//   14  centre             float x p, or nothing                           prefix_bits < 32
//   15  basis              int8 x p x d (d rounded up)                     learnt is 1, not 0
//   16  its scales         float x p x blocks of d                         the same
//   30  centroids          float x lists x at most p
//   31  list begins        u32 x (lists + 1)
//   32  rows by list       u32 x n; the codes are in this order
//   40  tier               bytes of rows, see Int8Tier                     tier int8
//   42  tier               float x n x d                                   tier float32
//   43  norms              float x n                                       tier float32
//   50  points             see engine/point_records.h; not needed
//
// Files are read into memory of ours, where what was checked does not change under a search, but
// for what is large and may not fit: the arrays 40 and 42 of the tier, where any bytes are
// good for no more than a wrong score, and the points, which are checked again one at a time when
// they are read. These are checked as well, and then stay in the file and are read through a
// mapping.

namespace nestor {

inline constexpr uint32_t kSegmentFormat = 4;

// Durable under `name` when it returns OK. `rows` are those of its tier, which it need not have.
// `points` are the records of its rows; null: it has none. Errors and result as
// CheckedFiles::Write, and those of TierRows.
absl::StatusOr<uint32_t> WriteSegment(const Segment& segment, const TierRows& rows,
                                      const ResolvedSpec& spec, PointRecordSource* points,
                                      const CheckedFiles& files, absl::string_view name);

// Gives a segment what stays in its file, which was written a moment ago: tier and points. Errors
// as of ReadSegment; the segment is then as it was.
absl::Status AttachFile(const ResolvedSpec& spec, const CheckedFiles& files, absl::string_view name,
                        Segment* segment);

// Reads a segment of a collection back.
// Everything that a search relies on is checked: lengths and checksums, and that rows ascend, every
// link of a graph leads to another node of its level, lists hold each row once, and numbers are
// none that no vector has. DataLossError naming the file and what is wrong, also if it is of
// another collection, format or shape, or not the file that `crc` is of; ResourceExhaustedError if
// memory runs out.
absl::StatusOr<std::shared_ptr<const Segment>> ReadSegment(const ResolvedSpec& spec,
                                                           const CheckedFiles& files,
                                                           absl::string_view name, uint32_t crc);

}  // namespace nestor

#endif  // NESTOR_ENGINE_SEGMENT_FILE_H_
