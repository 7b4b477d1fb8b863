#ifndef NESTOR_ENGINE_KERNELS_INT8_CODEC_H_
#define NESTOR_ENGINE_KERNELS_INT8_CODEC_H_

#include <cstddef>
#include <cstdint>

// From float32 rows to int8 codes and back. Plain loops, the same bits on every processor.
// REQUIRES of the encoders: finite values.

namespace nestor::kernels {

// Block form (BlockInt8Rows): writes PaddedDims(dims) codes and BlockCount(dims) scales. The scale
// of a block is its largest magnitude / 127, of the last split_blocks / 105; a block of zeros gets
// scale 0. Returns an upper bound of the norm of (row - decoded row).
float EncodeBlockInt8(const float* row, size_t dims, size_t split_blocks, int8_t* codes,
                      float* scales);
// Writes the first `dims` decoded values.
void DecodeBlockInt8(const int8_t* codes, const float* scales, size_t dims, float* row);

// From codes of `blocks` blocks to those of BlockInt8Rows, the last split_blocks of them split, and
// of the first `count` blocks back.
void SplitBlocks(const int8_t* codes, size_t blocks, size_t split_blocks, int8_t* split);
void JoinBlocks(const int8_t* split, size_t blocks, size_t split_blocks, size_t count,
                int8_t* codes);
// What the first half of a split code says, as a code.
int8_t RoughCode(int8_t code);

// One scale for the whole row, which it returns: the largest magnitude / 127, or 0. Writes
// PaddedDims(dims) codes.
float EncodeRowInt8(const float* row, size_t dims, int8_t* codes);

}  // namespace nestor::kernels

#endif  // NESTOR_ENGINE_KERNELS_INT8_CODEC_H_
