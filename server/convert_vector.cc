#include "server/convert_vector.h"

#include <bit>
#include <cstdint>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "engine/kernels/kernel_table.h"

namespace nestor {
namespace {

static_assert(std::endian::native == std::endian::little, "packed vectors are little-endian");

// Bytes of one value; 0 if the encoding is unknown.
size_t ValueBytes(v1::Vector::Encoding encoding) {
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

absl::Span<const float> Decode(absl::string_view packed, v1::Vector::Encoding encoding,
                               std::vector<float>* decoded) {
  const size_t count = packed.size() / ValueBytes(encoding);
  if (ValueBytes(encoding) == sizeof(float)) {
    // A message keeps its bytes where new put them, which is good enough for any type, and short
    // ones in the middle of itself.
    const auto address = reinterpret_cast<uintptr_t>(packed.data());
    if (address % alignof(float) == 0)
      return {reinterpret_cast<const float*>(packed.data()), count};
    decoded->resize(count);
    std::memcpy(decoded->data(), packed.data(), packed.size());
    return *decoded;
  }
  decoded->resize(count);
  std::vector<uint16_t> halves(count);
  std::memcpy(halves.data(), packed.data(), packed.size());
  if (encoding == v1::Vector::F16) {
    kernels::Kernels().f16_to_f32(halves.data(), count, decoded->data());
  } else {
    for (size_t i = 0; i < count; ++i) {
      (*decoded)[i] = std::bit_cast<float>(uint32_t{halves[i]} << 16);
    }
  }
  return *decoded;
}

bool ValidateEncoding(v1::Vector::Encoding encoding, absl::string_view field,
                      Violations* violations) {
  if (ValueBytes(encoding) != 0) return true;
  violations->Add(absl::StrCat(field, ".encoding"),
                  absl::StrCat(static_cast<int>(encoding), " is not F32, F16 or BF16"));
  return false;
}

}  // namespace

std::optional<absl::Span<const float>> ReadVector(const v1::Vector& vector, absl::string_view field,
                                                  std::vector<float>* decoded,
                                                  Violations* violations) {
  if (vector.values().empty() == vector.packed().empty()) {
    violations->Add(field, vector.packed().empty() ? "has neither values nor packed"
                                                   : "has both values and packed");
    return std::nullopt;
  }
  if (vector.packed().empty()) return absl::MakeConstSpan(vector.values());
  if (!ValidateEncoding(vector.encoding(), field, violations)) return std::nullopt;
  const size_t value_bytes = ValueBytes(vector.encoding());
  if (vector.packed().size() % value_bytes != 0) {
    violations->Add(
        absl::StrCat(field, ".packed"),
        absl::StrCat(vector.packed().size(), " bytes are not a multiple of ", value_bytes));
    return std::nullopt;
  }
  return Decode(vector.packed(), vector.encoding(), decoded);
}

std::optional<absl::Span<const float>> ReadMatrix(const v1::Matrix& matrix, uint32_t dims,
                                                  uint32_t max_rows, absl::string_view field,
                                                  std::vector<float>* decoded,
                                                  Violations* violations) {
  const size_t violations_before = violations->list().size();
  if (matrix.rows() < 1 || matrix.rows() > max_rows) {
    violations->Add(absl::StrCat(field, ".rows"),
                    absl::StrCat(matrix.rows(), " is not in 1 to ", max_rows));
  }
  if (matrix.dims() != dims) {
    violations->Add(absl::StrCat(field, ".dims"),
                    absl::StrCat(matrix.dims(), " is not the collection's ", dims));
  }
  if (ValidateEncoding(matrix.encoding(), field, violations)) {
    const uint64_t expected =
        uint64_t{matrix.rows()} * matrix.dims() * ValueBytes(matrix.encoding());
    if (matrix.packed().size() != expected) {
      violations->Add(absl::StrCat(field, ".packed"),
                      absl::StrCat(matrix.packed().size(), " bytes are not rows x dims x ",
                                   ValueBytes(matrix.encoding()), " = ", expected));
    }
  }
  if (violations->list().size() > violations_before) return std::nullopt;
  return Decode(matrix.packed(), matrix.encoding(), decoded);
}

void WriteVector(absl::Span<const float> values, v1::Vector* out) {
  out->set_packed(values.data(), values.size() * sizeof(float));
  out->set_encoding(v1::Vector::F32);
}

}  // namespace nestor
