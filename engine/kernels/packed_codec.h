#ifndef NESTOR_ENGINE_KERNELS_PACKED_CODEC_H_
#define NESTOR_ENGINE_KERNELS_PACKED_CODEC_H_

#include <cstddef>
#include <cstdint>

#include "engine/kernels/kernel_table.h"

// Vectors as codes of a few bits for each dim: PackedRows in kernel_table.h. What a row's factor
// does is in RaBitQ (Gao and Long, arXiv 2405.12497) and its extension to several bits (arXiv
// 2409.09913): if the direction of the row was made random (rotation.h), the factor makes the dot
// product with a query right on average.

namespace nestor::kernels {

// Codes values[0..dims), finite, into a row of PackedBytes(dims, bits) bytes. The multiples are
// those, of a few ways to round, whose direction is nearest to the vector's. Returns the factor:
// squared norm / dot product of vector and multiples, 0 for a zero vector. The terms are left to
// SetPackedTerms. bits: 1, 2, 4 or 8.
float EncodePacked(const float* values, size_t dims, int bits, uint8_t* row);

// multiples[i] = what the code says of dim i, without the factor: u - (2^bits - 1) / 2.
void DecodePacked(const uint8_t* row, size_t dims, int bits, float* multiples);

// The terms of a row of `bytes` bytes.
void SetPackedTerms(PackedRowTerms terms, size_t bytes, uint8_t* row);
PackedRowTerms PackedTerms(const uint8_t* row, size_t bytes);

}  // namespace nestor::kernels

#endif  // NESTOR_ENGINE_KERNELS_PACKED_CODEC_H_
