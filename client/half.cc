#include "client/half.h"

#include <bit>
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"

namespace nestor {
namespace {

uint32_t LittleEndian(const char* bytes, uint32_t count) {
  uint32_t value = 0;
  for (uint32_t i = 0; i < count; ++i) {
    value |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return value;
}

float DecodeComponent(uint32_t bits, v1::Vector::Encoding encoding) {
  if (encoding == v1::Vector::F16) return HalfToFloat(static_cast<uint16_t>(bits));
  return std::bit_cast<float>(encoding == v1::Vector::BF16 ? bits << 16 : bits);
}

}  // namespace

float HalfToFloat(uint16_t bits) {
  const uint32_t sign = static_cast<uint32_t>(bits & 0x8000) << 16;
  const uint32_t exponent = (bits >> 10) & 0x1f;
  const uint32_t fraction = bits & 0x3ff;
  if (exponent == 0) {
    const float magnitude = std::ldexp(static_cast<float>(fraction), -24);
    return sign != 0 ? -magnitude : magnitude;
  }
  // The bias is 15 there and 127 here; the all-ones exponent stays all ones.
  const uint32_t wide = exponent == 0x1f ? 0xff : exponent + 112;
  return std::bit_cast<float>(sign | (wide << 23) | (fraction << 13));
}

uint32_t EncodingBytes(v1::Vector::Encoding encoding) {
  switch (encoding) {
    case v1::Vector::ENCODING_UNSPECIFIED:
    case v1::Vector::F32:
      return 4;
    case v1::Vector::F16:
    case v1::Vector::BF16:
      return 2;
    default:
      return 0;
  }
}

absl::StatusOr<std::vector<float>> DecodeVector(const v1::Vector& vector) {
  if (vector.packed().empty()) {
    return std::vector<float>(vector.values().begin(), vector.values().end());
  }
  const std::string& packed = vector.packed();
  const uint32_t width = EncodingBytes(vector.encoding());
  if (!vector.values().empty()) {
    return absl::InvalidArgumentError("vector: both `values` and `packed` are set");
  }
  if (width == 0 || packed.size() % width != 0) {
    return absl::InvalidArgumentError(absl::StrCat("vector: ", packed.size(),
                                                   " packed bytes do not fit encoding ",
                                                   static_cast<int>(vector.encoding())));
  }
  std::vector<float> components(packed.size() / width);
  for (size_t i = 0; i < components.size(); ++i) {
    components[i] =
        DecodeComponent(LittleEndian(packed.data() + i * width, width), vector.encoding());
  }
  return components;
}

}  // namespace nestor
