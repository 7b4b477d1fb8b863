#include "engine/point_records.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "engine/segment.h"
#include "storage/check.h"
#include "storage/crc32c.h"
#include "storage/fixed_width.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr size_t kCrcBytes = 4;
constexpr size_t kIdBytesAt = 5;
constexpr size_t kHeadCheckAt = 6;
constexpr size_t kRowAt = 8;
constexpr size_t kSequenceAt = 16;
constexpr size_t kIdAt = 24;
constexpr size_t kVectorAt = kPointRecordHeadBytes;
constexpr size_t kMaxRecordedId = kVectorAt - kIdAt;
constexpr size_t kRecordAlignment = 64;
constexpr size_t kBufferedBytes = size_t{2} << 20;

template <typename Number>
void Store(Number number, char* out) {
  std::memcpy(out, &number, sizeof(number));  // little-endian: engine/segment_sections.h
}

uint16_t HeadCheck(absl::string_view bytes) {
  const uint32_t crc =
      Crc32c(bytes.substr(kIdBytesAt, 1), Crc32c(bytes.substr(kRowAt, kVectorAt - kRowAt)));
  return std::max<uint16_t>(static_cast<uint16_t>(crc), 1);
}

// What the first bytes say, nothing of which is checked but that it makes sense.
bool ParseHead(Row row, absl::string_view bytes, StoredPoint* point) {
  const auto id_bytes = static_cast<size_t>(static_cast<unsigned char>(bytes[kIdBytesAt]));
  if (Row{ReadLittleEndian<uint64_t>(bytes.substr(kRowAt))} != row || id_bytes == 0 ||
      id_bytes > kMaxRecordedId) {
    return false;
  }
  *point = {.row = row,
            .id = bytes.substr(kIdAt, id_bytes),
            .sequence = Sequence{ReadLittleEndian<uint64_t>(bytes.substr(kSequenceAt))},
            .vector = {}};
  return true;
}

}  // namespace

size_t PointRecordBytes(size_t dims) {
  const size_t bytes = kVectorAt + dims * sizeof(float);
  return (bytes + kRecordAlignment - 1) / kRecordAlignment * kRecordAlignment;
}

void EncodePointRecord(const StoredPoint& point, size_t dims, char* out) {
  NESTOR_CHECK(point.vector.size() == dims * sizeof(float));
  const size_t bytes = PointRecordBytes(dims);
  std::memset(out, 0, bytes);
  if (point.id.size() > kMaxRecordedId) return;
  out[kIdBytesAt] = static_cast<char>(point.id.size());
  Store(ToNumber(point.row), out + kRowAt);
  Store(ToNumber(point.sequence), out + kSequenceAt);
  std::memcpy(out + kIdAt, point.id.data(), point.id.size());
  Store(HeadCheck({out, kVectorAt}), out + kHeadCheckAt);
  std::memcpy(out + kVectorAt, point.vector.data(), point.vector.size());
  Store(Crc32c({out + kCrcBytes, bytes - kCrcBytes}), out);
}

bool DecodePointRecord(Row row, size_t dims, absl::string_view bytes, StoredPoint* point) {
  if (bytes.size() != PointRecordBytes(dims) || !ParseHead(row, bytes, point) ||
      ReadLittleEndian<uint32_t>(bytes) != Crc32c(bytes.substr(kCrcBytes))) {
    return false;
  }
  point->vector = bytes.substr(kVectorAt, dims * sizeof(float));
  return true;
}

bool DecodePointRecordHead(Row row, absl::string_view bytes, StoredPoint* point) {
  return bytes.size() == kPointRecordHeadBytes && ParseHead(row, bytes, point) &&
         ReadLittleEndian<uint16_t>(bytes.substr(kHeadCheckAt)) == HeadCheck(bytes);
}

bool PointRecords::Read(uint32_t local, Row row, std::pmr::vector<char>* scratch,
                        StoredPoint* point) const {
  const size_t record_bytes = PointRecordBytes(dims_);
  scratch->resize(record_bytes);
  return file_.Read(local * record_bytes, record_bytes, scratch->data()).ok() &&
         DecodePointRecord(row, dims_, {scratch->data(), record_bytes}, point);
}

bool PointRecords::ReadHead(uint32_t local, Row row, std::pmr::vector<char>* scratch,
                            StoredPoint* point) const {
  scratch->resize(kPointRecordHeadBytes);
  return file_.Read(local * PointRecordBytes(dims_), kPointRecordHeadBytes, scratch->data()).ok() &&
         DecodePointRecordHead(row, {scratch->data(), kPointRecordHeadBytes}, point);
}

void PointRecords::Prefetch(uint32_t local) const {
  const size_t record_bytes = PointRecordBytes(dims_);
  file_.Prefetch(local * record_bytes, record_bytes);
}

void PointRecords::PrefetchHead(uint32_t local) const {
  file_.Prefetch(local * PointRecordBytes(dims_), kPointRecordHeadBytes);
}

bool PointRecords::ReadAhead(uint32_t local) const {
  const size_t record_bytes = PointRecordBytes(dims_);
  return file_.ReadAhead(local * record_bytes, record_bytes);
}

PointRecordSource::PointRecordSource(CollectionNumber collection, size_t dims,
                                     absl::Span<const Row> rows, std::vector<const Segment*> inputs,
                                     const StoreSnapshot& snapshot)
    : collection_(collection),
      dims_(dims),
      record_bytes_(PointRecordBytes(dims)),
      rows_(rows),
      inputs_(std::move(inputs)),
      snapshot_(snapshot) {}

absl::Status PointRecordSource::Read(uint64_t offset, size_t count, char* out) {
  while (count > 0) {
    const size_t row = offset / record_bytes_;
    const size_t buffered = records_.size() / record_bytes_;
    if (row < first_row_ || row >= first_row_ + buffered) NESTOR_RETURN_IF_ERROR(Fill(row));
    const size_t begin = offset - first_row_ * record_bytes_;
    const size_t some = std::min(count, records_.size() - begin);
    std::memcpy(out, records_.data() + begin, some);
    out += some;
    offset += some;
    count -= some;
  }
  return absl::OkStatus();
}

absl::Status PointRecordSource::Fill(size_t first_row) {
  const size_t wanted = std::max<size_t>(1, kBufferedBytes / record_bytes_);
  const size_t count = std::min(wanted, rows_.size() - first_row);
  first_row_ = first_row;
  records_.assign(count * record_bytes_, 0);
  std::vector<size_t> missing;
  for (size_t i = 0; i < count; ++i) {
    if (!CopyFromInput(rows_[first_row + i], records_.data() + i * record_bytes_)) {
      missing.push_back(first_row + i);
    }
  }
  return missing.empty() ? absl::OkStatus() : CopyFromStore(missing);
}

bool PointRecordSource::CopyFromInput(Row row, char* out) {
  for (const Segment* input : inputs_) {
    if (input->records == nullptr) continue;
    const std::optional<uint32_t> local = input->Find(row);
    if (!local) continue;
    StoredPoint point;
    if (!input->records->Read(*local, row, &scratch_, &point)) return false;
    EncodePointRecord(point, dims_, out);
    return true;
  }
  return false;
}

// Rows that the store has no longer died meanwhile; nobody will ask for their records.
absl::Status PointRecordSource::CopyFromStore(absl::Span<const size_t> places) {
  auto next = places.begin();
  const Row limit = NextRow(rows_[places.back()]);
  return snapshot_.ScanPoints(
      collection_, rows_[places.front()], limit, [&](const StoredPoint& point) {
        while (next != places.end() && rows_[*next] < point.row) ++next;
        if (next == places.end()) return false;
        if (rows_[*next] == point.row && point.vector.size() == dims_ * sizeof(float)) {
          EncodePointRecord(point, dims_, records_.data() + (*next - first_row_) * record_bytes_);
        }
        return true;
      });
}

}  // namespace nestor
