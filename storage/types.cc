#include "storage/types.h"

#include "absl/strings/str_cat.h"
#include "storage/check.h"

namespace nestor {

PointId PointId::FromNumber(uint64_t number) {
  PointId id;
  id.encoded_.resize(9);
  id.encoded_[0] = kNumberTag;
  for (int i = 0; i < 8; ++i) id.encoded_[1 + i] = static_cast<char>(number >> (56 - 8 * i));
  return id;
}

PointId PointId::FromString(absl::string_view name) {
  NESTOR_CHECK(!name.empty() && name.size() <= kMaxIdBytes);
  PointId id;
  id.encoded_ = absl::StrCat(absl::string_view(&kStringTag, 1), name);
  return id;
}

bool PointId::FromEncoded(absl::string_view encoded, PointId* id) {
  if (encoded.empty()) return false;
  const bool number = encoded[0] == kNumberTag && encoded.size() == 9;
  const bool name =
      encoded[0] == kStringTag && encoded.size() >= 2 && encoded.size() <= 1 + kMaxIdBytes;
  if (!number && !name) return false;
  id->encoded_.assign(encoded.data(), encoded.size());
  return true;
}

uint64_t PointId::number() const {
  NESTOR_CHECK(is_number());
  uint64_t number = 0;
  for (int i = 1; i < 9; ++i) number = number << 8 | static_cast<uint8_t>(encoded_[i]);
  return number;
}

absl::string_view PointId::name() const {
  NESTOR_CHECK(!encoded_.empty() && !is_number());
  return absl::string_view(encoded_).substr(1);
}

std::string PointId::ToString() const {
  if (encoded_.empty()) return "(no id)";
  return is_number() ? absl::StrCat(number()) : std::string(name());
}

}  // namespace nestor
