#ifndef NESTOR_CLIENT_HALF_H_
#define NESTOR_CLIENT_HALF_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "nestor/v1/common.pb.h"

namespace nestor {

// The value of IEEE 754 binary16 bits, exact: subnormals, infinities and NaN included.
float HalfToFloat(uint16_t bits);

// Bytes per component: F32 (and unspecified) 4, F16 and BF16 2, anything else 0.
uint32_t EncodingBytes(v1::Vector::Encoding encoding);

// The components of a vector in either of its two forms. INVALID_ARGUMENT when both are set, the
// encoding is unknown, or the packed length is not a multiple of a component.
absl::StatusOr<std::vector<float>> DecodeVector(const v1::Vector& vector);

}  // namespace nestor

#endif  // NESTOR_CLIENT_HALF_H_
