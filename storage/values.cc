#include "storage/values.h"

#include "absl/strings/str_cat.h"
#include "storage/check.h"
#include "storage/crc32c.h"
#include "storage/fixed_width.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr uint8_t kValueFormat = 1;
constexpr size_t kCrcOffset = 1;
constexpr size_t kBodyOffset = 5;
constexpr size_t kPointHeaderBytes = 10;  // of the body: sequence and length of the id

absl::Status Damaged(Family family, absl::string_view key, absl::string_view what) {
  return absl::DataLossError(
      absl::StrCat("damaged value in ", DescribeKey(family, key), ": ", what));
}

void BeginValue(std::string* value) {
  value->clear();
  value->push_back(static_cast<char>(kValueFormat));
  AppendLittleEndian(uint32_t{0}, value);  // SealValue writes the crc here
}

uint32_t CrcOf(absl::string_view key, absl::string_view value) {
  return Crc32c(value.substr(kBodyOffset), Crc32c(key));
}

void SealValue(absl::string_view key, std::string* value) {
  const uint32_t crc = CrcOf(key, *value);
  for (size_t i = 0; i < sizeof(crc); ++i)
    (*value)[kCrcOffset + i] = static_cast<char>(crc >> (8 * i));
}

// What follows the crc.
absl::StatusOr<absl::string_view> OpenValue(Family family, absl::string_view key,
                                            absl::string_view value) {
  if (value.size() < kBodyOffset) {
    return Damaged(family, key, absl::StrCat("only ", value.size(), " bytes"));
  }
  if (const auto format = static_cast<uint8_t>(value[0]); format != kValueFormat) {
    return Damaged(family, key, absl::StrCat("format ", format, " is not ", kValueFormat));
  }
  if (ReadLittleEndian<uint32_t>(value.substr(kCrcOffset)) != CrcOf(key, value)) {
    return Damaged(family, key, "checksum mismatch");
  }
  return value.substr(kBodyOffset);
}

}  // namespace

void EncodePoint(absl::string_view key, const StoredPoint& point, std::string* value) {
  NESTOR_CHECK(point.id.size() <= 1 + kMaxIdBytes);
  value->reserve(kBodyOffset + kPointHeaderBytes + point.id.size() + point.vector.size());
  BeginValue(value);
  AppendLittleEndian(ToNumber(point.sequence), value);
  AppendLittleEndian(static_cast<uint16_t>(point.id.size()), value);
  absl::StrAppend(value, point.id, point.vector);
  SealValue(key, value);
}

absl::StatusOr<StoredPoint> DecodePoint(absl::string_view key, absl::string_view value) {
  NESTOR_ASSIGN_OR_RETURN(const absl::string_view body, OpenValue(Family::kPoints, key, value));
  StoredPoint point;
  CollectionNumber collection{};
  if (!ParseRowKey(key, &collection, &point.row)) return Damaged(Family::kPoints, key, "bad key");
  if (body.size() < kPointHeaderBytes) return Damaged(Family::kPoints, key, "header cut short");
  point.sequence = Sequence{ReadLittleEndian<uint64_t>(body)};
  const size_t id_bytes = ReadLittleEndian<uint16_t>(body.substr(sizeof(uint64_t)));
  const absl::string_view rest = body.substr(kPointHeaderBytes);
  if (rest.size() < id_bytes) return Damaged(Family::kPoints, key, "id cut short");
  point.id = rest.substr(0, id_bytes);
  point.vector = rest.substr(id_bytes);
  return point;
}

void EncodeChecked(absl::string_view key, absl::string_view bytes, std::string* value) {
  value->reserve(kBodyOffset + bytes.size());
  BeginValue(value);
  absl::StrAppend(value, bytes);
  SealValue(key, value);
}

absl::StatusOr<absl::string_view> DecodeChecked(Family family, absl::string_view key,
                                                absl::string_view value) {
  return OpenValue(family, key, value);
}

void EncodeExpiry(absl::string_view key, int64_t expire_us, std::string* value) {
  BeginValue(value);
  AppendLittleEndian(static_cast<uint64_t>(expire_us), value);
  SealValue(key, value);
}

absl::StatusOr<int64_t> DecodeExpiry(absl::string_view key, absl::string_view value) {
  NESTOR_ASSIGN_OR_RETURN(const absl::string_view body, OpenValue(Family::kExpiries, key, value));
  if (body.size() != sizeof(int64_t)) {
    return Damaged(Family::kExpiries, key, absl::StrCat(body.size(), " bytes where a time has 8"));
  }
  return static_cast<int64_t>(ReadLittleEndian<uint64_t>(body));
}

void EncodeRow(Row row, std::string* value) {
  value->clear();
  AppendLittleEndian(ToNumber(row), value);
}

absl::StatusOr<Row> DecodeRow(absl::string_view key, absl::string_view value) {
  if (value.size() != sizeof(uint64_t)) {
    return Damaged(Family::kIds, key, absl::StrCat(value.size(), " bytes where a row has 8"));
  }
  return Row{ReadLittleEndian<uint64_t>(value)};
}

}  // namespace nestor
