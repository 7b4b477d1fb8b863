#include "engine/snapshot_points.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <new>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/limits.h"
#include "engine/stored_payload.h"
#include "engine/stored_time.h"
#include "engine/validate_vector.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

static_assert(std::endian::native == std::endian::little, "snapshots are little-endian");

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
constexpr size_t kVisitedPoints = 1000;  // of one visit

enum Section : uint32_t {
  kIdEnds = 1,
  kIds = 2,
  kVectors = 3,
  kPayloadEnds = 4,
  kPayloads = 5,
  kExpiries = 6,
};

template <typename T>
absl::string_view AsBytes(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

// The sections of a file, in memory, and the points in them.
class PointsReader {
 public:
  PointsReader(const CheckedFileReader& file, const CollectionSpec& spec, size_t points)
      : file_(file), spec_(spec), points_(points) {}

  // Throws std::bad_alloc.
  absl::Status ReadSections() {
    uint64_t bytes = 0;
    for (uint32_t id = kIdEnds; id <= kExpiries; ++id) {
      bytes += std::min<uint64_t>(file_.BytesOf(id), kMaxSnapshotFileBytes + 1);
    }
    if (bytes > kMaxSnapshotFileBytes) {
      return Damaged(absl::StrCat("its sections exceed ", kMaxSnapshotFileBytes, " bytes"));
    }
    NESTOR_RETURN_IF_ERROR(Read(kIdEnds, points_, &id_ends_));
    NESTOR_RETURN_IF_ERROR(Read(kIds, file_.BytesOf(kIds), &ids_));
    NESTOR_RETURN_IF_ERROR(Read(kVectors, points_ * spec_.dims, &vectors_));
    NESTOR_RETURN_IF_ERROR(Read(kPayloadEnds, points_, &payload_ends_));
    NESTOR_RETURN_IF_ERROR(Read(kPayloads, file_.BytesOf(kPayloads), &payloads_));
    NESTOR_RETURN_IF_ERROR(Read(kExpiries, points_, &expiries_));
    NESTOR_RETURN_IF_ERROR(CheckEnds("ids", id_ends_, ids_.size()));
    return CheckEnds("payloads", payload_ends_, payloads_.size());
  }

  // The point at `index`, behind *last, which it becomes. Views this.
  absl::StatusOr<UpsertItem> Point(size_t index, PointId* last) const {
    UpsertItem item;
    if (!PointId::FromEncoded(Part(ids_, id_ends_, index), &item.id)) {
      return Damaged(absl::StrCat("point ", index, " has no valid id"));
    }
    if (!(*last < item.id)) {
      return Damaged(absl::StrCat("the id of point ", index, " does not ascend"));
    }
    *last = item.id;
    item.vector = absl::MakeConstSpan(vectors_).subspan(index * spec_.dims, spec_.dims);
    Violations violations;
    if (!ValidateVector(item.vector, spec_, absl::StrCat("the vector of point ", index),
                        &violations)) {
      return Damaged(violations.ToStatus().message());
    }
    item.payload = Part(payloads_, payload_ends_, index);
    if (const absl::Status status = CheckStoredPayload(item.payload); !status.ok()) {
      return Damaged(absl::StrCat("point ", index, ": ", status.message()));
    }
    const int64_t expire_us = expiries_[index];
    if (expire_us != kNever && !IsStoredTime(expire_us)) {
      return Damaged(absl::StrCat("point ", index, " expires at ", expire_us,
                                  " us, which is not in the years 1 to 9999"));
    }
    item.expire_time = FromExpireTime(expire_us == kNever ? ExpireTime() : ExpireTime(expire_us));
    return item;
  }

 private:
  // Exactly `count` values. Nothing is allocated unless the section has that size.
  template <typename Vector>
  absl::Status Read(uint32_t id, size_t count, Vector* values) const {
    constexpr size_t kBytes = sizeof(typename Vector::value_type);
    if (file_.BytesOf(id) != count * kBytes) {
      return Damaged(absl::StrCat("section ", id, " has ", file_.BytesOf(id), " bytes, not ", count,
                                  " times ", kBytes));
    }
    values->resize(count);
    return file_.Read(id, values->data(), count * kBytes);
  }

  absl::Status CheckEnds(absl::string_view what, const std::vector<uint32_t>& ends,
                         size_t bytes) const {
    if (std::is_sorted(ends.begin(), ends.end()) && ends.back() == bytes) return absl::OkStatus();
    return Damaged(absl::StrCat("the ", what, " do not lie one behind the other"));
  }

  static absl::string_view Part(const std::string& bytes, const std::vector<uint32_t>& ends,
                                size_t index) {
    const size_t begin = index == 0 ? 0 : ends[index - 1];
    return absl::string_view(bytes).substr(begin, ends[index] - begin);
  }

  absl::Status Damaged(absl::string_view what) const {
    return absl::DataLossError(absl::StrCat(file_.path(), " is damaged: ", what));
  }

  const CheckedFileReader& file_;
  const CollectionSpec& spec_;
  const size_t points_;
  std::vector<uint32_t> id_ends_;
  std::string ids_;
  std::vector<float> vectors_;
  std::vector<uint32_t> payload_ends_;
  std::string payloads_;
  std::vector<int64_t> expiries_;
};

// Throws std::bad_alloc.
absl::Status VisitPoints(const CheckedFileReader& file, const CollectionSpec& spec, size_t points,
                         PointId* last,
                         absl::FunctionRef<absl::Status(absl::Span<const UpsertItem>)> visit) {
  PointsReader reader(file, spec, points);
  NESTOR_RETURN_IF_ERROR(reader.ReadSections());
  std::vector<UpsertItem> items;
  for (size_t begin = 0; begin < points; begin += kVisitedPoints) {
    items.clear();
    for (size_t i = begin; i < std::min(points, begin + kVisitedPoints); ++i) {
      NESTOR_ASSIGN_OR_RETURN(UpsertItem item, reader.Point(i, last));
      items.push_back(std::move(item));
    }
    NESTOR_RETURN_IF_ERROR(visit(items));
  }
  return absl::OkStatus();
}

}  // namespace

void SnapshotPointsWriter::Append(const PointId& id, absl::string_view vector,
                                  absl::string_view payload, ExpireTime expire_us) {
  ids_.append(id.encoded());
  id_ends_.push_back(static_cast<uint32_t>(ids_.size()));
  vectors_.append(vector.data(), vector.size());
  payloads_.append(payload.data(), payload.size());
  payload_ends_.push_back(static_cast<uint32_t>(payloads_.size()));
  expiries_.push_back(expire_us.value_or(kNever));
}

size_t SnapshotPointsWriter::bytes() const {
  return ids_.size() + vectors_.size() + payloads_.size() + AsBytes(id_ends_).size() +
         AsBytes(payload_ends_).size() + AsBytes(expiries_).size();
}

absl::StatusOr<uint32_t> SnapshotPointsWriter::Write(const CheckedFiles& files,
                                                     absl::string_view name) {
  absl::StatusOr<uint32_t> crc = files.Write(name, {{kIdEnds, AsBytes(id_ends_)},
                                                    {kIds, ids_},
                                                    {kVectors, vectors_},
                                                    {kPayloadEnds, AsBytes(payload_ends_)},
                                                    {kPayloads, payloads_},
                                                    {kExpiries, AsBytes(expiries_)}});
  *this = SnapshotPointsWriter();
  return crc;
}

absl::Status ReadSnapshotPoints(
    const CheckedFileReader& file, const CollectionSpec& spec, uint64_t points, PointId* last,
    absl::FunctionRef<absl::Status(absl::Span<const UpsertItem>)> visit) {
  if (points == 0 || points > kMaxSnapshotFilePoints) {
    return absl::DataLossError(absl::StrCat(file.path(), " is said to have ", points,
                                            " points, which is not in 1 to ",
                                            kMaxSnapshotFilePoints));
  }
  try {
    return VisitPoints(file, spec, points, last, visit);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(absl::StrCat("out of memory for ", file.path()));
  }
}

}  // namespace nestor
