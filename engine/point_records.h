#ifndef NESTOR_ENGINE_POINT_RECORDS_H_
#define NESTOR_ENGINE_POINT_RECORDS_H_

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/checked_file.h"
#include "storage/point_store.h"
#include "storage/types.h"

// The points of a segment's rows as the store has them, once more and all of one length: where a
// row is follows from its number, so that the last few rows of a search are read without looking
// anything up. A section of the segment's file that stays in the file. A record may be missing, or
// bad: the store has the point.
//
//    0            4      5              6          8         16             24          64
//   +------------+------+--------------+----------+---------+--------------+-----------+-----------+
//   | crc32c:u32 | zero | id_bytes: u8 | head:u16 | row:u64 | sequence:u64 | id, zeros | float32
//   ..|
//   +------------+------+--------------+----------+---------+--------------+-----------+-----------+
//
// The crc is of all that follows it. `head` is the lower half of a crc32c of bytes 8 to 63 and
// then id_bytes, 1 where that is 0, so that row, sequence and id can be believed before the vector
// is read; 0 in records that were written before there was one. Zeros fill a record up to a
// multiple of 64 bytes. A record that is missing is all zeros: the point was dead when the file was
// written, or its id takes more than 40 bytes.

namespace nestor {

size_t PointRecordBytes(size_t dims);

// Writes PointRecordBytes(dims) bytes to `out`. REQUIRES: the vector has `dims` components.
void EncodePointRecord(const StoredPoint& point, size_t dims, char* out);
// The point of `row` as views into `bytes`; false if this is not its record.
bool DecodePointRecord(Row row, size_t dims, absl::string_view bytes, StoredPoint* point);

inline constexpr size_t kPointRecordHeadBytes = 64;
// The same without the vector, from the first kPointRecordHeadBytes. False also for a record
// without `head`.
bool DecodePointRecordHead(Row row, absl::string_view bytes, StoredPoint* point);

// The records of one segment.
//
// Thread safety: thread-safe.
class PointRecords {
 public:
  PointRecords(SectionFile file, size_t dims) : file_(std::move(file)), dims_(dims) {}

  // The point of a local row, which is `row` of the collection; views into *scratch. False if there
  // is no sound record.
  bool Read(uint32_t local, Row row, std::pmr::vector<char>* scratch, StoredPoint* point) const;
  // The same without its vector. False also where only Read can tell that a record is sound.
  bool ReadHead(uint32_t local, Row row, std::pmr::vector<char>* scratch, StoredPoint* point) const;
  // Say that Read or ReadHead will be asked for it soon: in the cache; in memory, false if it is
  // there.
  void Prefetch(uint32_t local) const;
  void PrefetchHead(uint32_t local) const;
  bool ReadAhead(uint32_t local) const;
  uint64_t MappedBytes() const { return file_.mapped() == nullptr ? 0 : file_.bytes(); }

 private:
  SectionFile file_;
  size_t dims_;
};

struct Segment;

// The records of the rows of a segment that is to be written: from the segments it was merged from,
// the others from the store. All given here must outlive it.
class PointRecordSource final : public SectionSource {
 public:
  PointRecordSource(CollectionNumber collection, size_t dims, absl::Span<const Row> rows,
                    std::vector<const Segment*> inputs, const StoreSnapshot& snapshot);

  uint64_t bytes() const override { return rows_.size() * record_bytes_; }
  absl::Status Read(uint64_t offset, size_t count, char* out) override;

 private:
  absl::Status Fill(size_t first_row);
  bool CopyFromInput(Row row, char* out);
  absl::Status CopyFromStore(absl::Span<const size_t> places);

  const CollectionNumber collection_;
  const size_t dims_;
  const size_t record_bytes_;
  const absl::Span<const Row> rows_;
  const std::vector<const Segment*> inputs_;
  const StoreSnapshot& snapshot_;

  // Some records in a row: what is read is not cut where a record ends.
  size_t first_row_ = 0;
  std::vector<char> records_;
  std::pmr::vector<char> scratch_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_POINT_RECORDS_H_
