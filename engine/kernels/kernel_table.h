#ifndef NESTOR_ENGINE_KERNELS_KERNEL_TABLE_H_
#define NESTOR_ENGINE_KERNELS_KERNEL_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

// The loops that searches spend their time in, behind one table of function pointers. There is one
// table for each instruction set; Kernels() picks the best that this processor runs, once. A kernel
// takes pointers and counts and scores many rows in one call: no allocation, no Status, no logging,
// no locks. No pointer needs more alignment than its type has. A row gets the same bits wherever in
// a list it is.
//
//   std::vector<float> dots(rows.size());
//   Kernels().dot_f32(query, {block, dims}, {rows.data(), rows.size()}, dims, dots.data());
//
// Thread safety: tables are immutable; every function may run on any number of threads at once.

namespace nestor::kernels {

// Which rows of a block to score: `ids[0..count)`, or the first `count` rows when ids is null.
struct RowList {
  const uint32_t* ids = nullptr;
  size_t count = 0;
};

// float32 rows; row r starts at data + r * stride.
struct FloatRows {
  const float* data = nullptr;
  size_t stride = 0;  // in floats, >= dims
};

inline constexpr size_t kBlockDims = 64;  // dims that share one scale in the int8 tier
constexpr size_t BlockCount(size_t dims) { return (dims + kBlockDims - 1) / kBlockDims; }
constexpr size_t PaddedDims(size_t dims) { return BlockCount(dims) * kBlockDims; }

// int8 rows with one scale per block of 64 dims. Row r has its codes at codes + r * code_stride,
// its scales at scales + r * scale_stride; codes past dims are zero. Element i means codes[i] *
// scales[i / 64]. Codes are in
// [-127, 127]: -128 never occurs.
//
// The last split_blocks of them may be in two halves, so that a rough score reads the first one
// only: behind the blocks that are whole come 32 bytes for each of the others, and then once more
// 32 bytes for each. A code is 15 u + l - 128 then, u of the first bytes and l of the second, 4
// bits each: byte j has that of dim j of the block in its lower 4 bits and that of dim 32 + j in
// the upper. Of itself, u says 15 u - 120, give or take 7. That is right for 0 and for the largest
// code,
// +-105: of values that are nothing else, like those of binary codes, nothing is lost.
struct BlockInt8Rows {
  const int8_t* codes = nullptr;
  size_t code_stride = 0;  // in bytes, >= PaddedDims(dims)
  const float* scales = nullptr;
  size_t scale_stride = 0;  // in floats, >= BlockCount(dims)
  size_t blocks = 0;        // BlockCount of the full length; not used where none is split
  size_t split_blocks = 0;
};
inline constexpr size_t kHalfBlockBytes = kBlockDims / 2;
inline constexpr int kUpperStep = 15;

// Rows of int8 without scales; row r starts at codes + r * stride.
struct Int8Rows {
  const int8_t* codes = nullptr;
  size_t stride = 0;  // in bytes
};

// Rows of codes of 1, 2, 4 or 8 bits for each dim (packed_codec.h makes them): multiples u from 0
// to 2^bits - 1 that mean u - (2^bits - 1) / 2, times a factor of the row; its score has an offset.
// Both are the end of the row, in its last cache line. A byte before them holds 8 / bits dims that
// are PackedPlaneBytes apart: in byte j of a row, the lowest bits are dim j, the next dim
// PackedPlaneBytes + j.
struct PackedRowTerms {
  float factor = 0;
  float offset = 0;
};
struct PackedRows {
  const uint8_t* codes = nullptr;  // row r starts at codes + r * bytes
  size_t bytes = 0;                // of a row: PackedBytes
};
inline constexpr size_t kPackedBytes = 16;  // a row has a multiple of these
constexpr size_t PackedBytes(size_t dims, int bits) {
  const size_t used = (dims * static_cast<size_t>(bits) + 7) / 8 + sizeof(PackedRowTerms);
  return (used + kPackedBytes - 1) / kPackedBytes * kPackedBytes;
}
constexpr size_t PackedPlaneBytes(size_t dims, int bits) {
  return PackedBytes(dims, bits) - sizeof(PackedRowTerms);
}

// A query prepared for packed rows; packed_query.h makes it. For each plane of a row's bytes, of
// which there are 8 / bits, as many values; a value times the scale is approximately that of its
// dim. Values where a row has no dim, its terms among them, are zeros.
struct PackedQuery {
  const int8_t* values = nullptr;  // kPackedSlack bytes behind them may be read
  int32_t sum = 0;                 // of the values
  float scale = 0;
  float offset = 0;  // of every score
};
inline constexpr size_t kPackedSlack = 64;  // bytes behind the values

// A query prepared for int8 rows: see PreparedQuery in int8_query.h, which owns what this points
// to. Element i is approximately block_scales[i / 64] * (128 * high[i] + low[i]), with high in
// [-127, 127] and low in [-64, 63]; both are zero past dims.
struct Int8Query {
  const int8_t* high = nullptr;         // PaddedDims(dims)
  const int8_t* low = nullptr;          // PaddedDims(dims)
  const float* block_scales = nullptr;  // BlockCount(dims)
  // BlockCount(dims): what is to be added to the products with all u of a block, for a scale of 1.
  const float* upper_offsets = nullptr;
};

// What the cosine of a query and a row is made of, besides the norm of the query.
struct CosineTerms {
  double dot;
  double norm2;  // of the row
};
inline constexpr size_t kWideQueryDims = 8;

struct KernelTable {
  const char* name;  // "scalar", "avx2", "avx512", "avx512vnni"

  // out[i] = the dot product of the query and the first `count` codes of row i of the list,
  // exactly; what graphs are built by. REQUIRES: count % 64 == 0, count <= 65536, no code of the
  // query is -128.
  void (*dot_int8)(const int8_t* query, Int8Rows rows, RowList list, size_t count, int32_t* out);

  // One pair of float32 vectors.
  float (*dot_f32_pair)(const float* a, const float* b, size_t dims);
  float (*l2_f32_pair)(const float* a, const float* b, size_t dims);  // squared distance

  // out[i] = dot product, or squared distance, of the query and row i of the list.
  void (*dot_f32)(const float* query, FloatRows rows, RowList list, size_t dims, float* out);
  void (*l2_f32)(const float* query, FloatRows rows, RowList list, size_t dims, float* out);
  // out[i] = the sum of weights[d] * row i[d]^2: what a score may be wrong by, from scales.
  void (*weighted_squares)(const float* weights, FloatRows rows, RowList list, size_t dims,
                           float* out);

  // The same two over bytes of little-endian float32, products and sums in double: what final
  // scores are made of.
  double (*dot_exact)(const float* query, const void* row, size_t dims);
  double (*l2_exact)(const float* query, const void* row, size_t dims);
  // The dot product and the row's own square. The query is in double, since it meets many rows, and
  // has zeros behind it up to a multiple of kWideQueryDims.
  CosineTerms (*cosine_exact)(const double* query, const void* row, size_t dims);
  // squares[b] = the sum of the squares of values 64 b to 64 (b + 1) that are before `dims`, in
  // double. Writes BlockCount(dims) of them.
  void (*block_squares)(const float* values, size_t dims, double* squares);

  // Dot products with int8 rows over the first `dims` dims. When `norms2` is not null it gets the
  // squared norm of each (decoded) row over the same dims: what a renormalised prefix score needs.
  // REQUIRES: dims % 64 == 0, or dims is the full length that the query was prepared for.
  void (*dot_block_int8)(const Int8Query& query, BlockInt8Rows rows, RowList list, size_t dims,
                         float* out, float* norms2);
  // The same at full length, but where blocks are split by what the first halves of codes say and
  // no more than 8 bits of the query.
  void (*dot_block_int8_rough)(const Int8Query& query, BlockInt8Rows rows, RowList list,
                               size_t dims, float* out);
  // out[i] = the dot product of the query and row i + the offsets of both. By the binary logarithm
  // of the bits: dot_packed[2] is for 4.
  void (*dot_packed[4])(const PackedQuery& query, PackedRows rows, RowList list, float* out);

  // IEEE half precision to single, exactly; subnormals, infinities and NaN included.
  void (*f16_to_f32)(const uint16_t* in, size_t count, float* out);
};

// The table in use: the best that the processor runs, or the one that the environment variable
// NESTOR_KERNELS names (a name that is unknown or that the processor does not run stops the process
// with a message: a test that asked for a set must not silently test another). Chosen at the first
// call.
const KernelTable& Kernels();

// Every table that this processor can run, slowest first; "scalar" is always there. For tests and
// benchmarks.
std::vector<const KernelTable*> AvailableKernels();

}  // namespace nestor::kernels

#endif  // NESTOR_ENGINE_KERNELS_KERNEL_TABLE_H_
