#include "engine/basis.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "absl/strings/string_view.h"
#include "engine/kernels/int8_codec.h"
#include "engine/kernels/int8_query.h"
#include "engine/limits.h"
#include "engine/prefix_reader.h"
#include "storage/check.h"
#include "storage/crc32c.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

template <typename T>
absl::string_view BytesOf(const AlignedVector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

uint32_t VersionOf(const AlignedVector<int8_t>& codes, const AlignedVector<float>& scales) {
  return Crc32c(BytesOf(scales), Crc32c(BytesOf(codes)));
}

// Beyond these the axes hardly change.
constexpr size_t kRows = 16384;
constexpr size_t kBytes = size_t{128} << 20;

std::vector<float> RowsToLearnFrom(const PrefixReader& vectors,
                                   absl::Span<const uint32_t> held_out) {
  const size_t dims = vectors.dims();
  const size_t most =
      std::max(kLeastRowsPerDim * dims, std::min(kRows, kBytes / sizeof(float) / dims));
  const size_t count = std::min(most, vectors.rows());
  std::vector<float> rows(count * dims);
  size_t taken = 0;
  for (size_t i = 0; i < count; ++i) {
    const auto row = static_cast<uint32_t>(i * vectors.rows() / count);
    if (std::binary_search(held_out.begin(), held_out.end(), row)) continue;
    vectors.Read(row, rows.data() + taken++ * dims);
  }
  rows.resize(taken * dims);
  return rows;
}

}  // namespace

bool CanLearn(size_t dims, size_t rows) {
  return dims <= kMaxTransformDims && rows >= kLeastRowsToLearn && rows >= kLeastRowsPerDim * dims;
}

Basis::Basis(size_t dims, absl::Span<const float> axes) : dims_(dims) {
  const size_t size = axes.size() / dims;
  NESTOR_CHECK(size >= 1 && size <= dims && axes.size() == size * dims);
  codes_.resize(size * kernels::PaddedDims(dims));
  scales_.resize(size * kernels::BlockCount(dims));
  for (size_t axis = 0; axis < size; ++axis) {
    kernels::EncodeBlockInt8(&axes[axis * dims], dims, 0, &codes_[axis * kernels::PaddedDims(dims)],
                             &scales_[axis * kernels::BlockCount(dims)]);
  }
  version_ = VersionOf(codes_, scales_);
}

Basis::Basis(size_t dims, AlignedVector<int8_t> codes, AlignedVector<float> scales)
    : dims_(dims),
      codes_(std::move(codes)),
      scales_(std::move(scales)),
      version_(VersionOf(codes_, scales_)) {
  NESTOR_CHECK(size() >= 1 && size() <= dims &&
               codes_.size() == size() * kernels::PaddedDims(dims) &&
               scales_.size() == size() * kernels::BlockCount(dims));
}

std::vector<float> Basis::Axis(size_t axis) const {
  std::vector<float> values(dims_);
  kernels::DecodeBlockInt8(&codes_[axis * kernels::PaddedDims(dims_)],
                           &scales_[axis * kernels::BlockCount(dims_)], dims_, values.data());
  return values;
}

std::shared_ptr<const Basis> Basis::First(size_t count) const {
  NESTOR_CHECK(count <= size());
  const auto first = [&](const auto& values, size_t of_axis) {
    return std::decay_t<decltype(values)>(values.begin(),
                                          values.begin() + static_cast<ptrdiff_t>(count * of_axis));
  };
  return std::make_shared<const Basis>(dims_, first(codes_, kernels::PaddedDims(dims_)),
                                       first(scales_, kernels::BlockCount(dims_)));
}

void Basis::Project(const float* vector, size_t count, float* out,
                    std::pmr::memory_resource* memory) const {
  NESTOR_CHECK(count <= size());
  const kernels::PreparedQuery prepared(vector, dims_, memory);
  kernels::Kernels().dot_block_int8(
      prepared.view(),
      {codes_.data(), kernels::PaddedDims(dims_), scales_.data(), kernels::BlockCount(dims_)},
      {nullptr, count}, dims_, out, nullptr);
}

absl::StatusOr<std::shared_ptr<const Basis>> LearnBasis(const KeptVectors& vectors, Metric metric,
                                                        size_t dims, size_t size,
                                                        absl::Span<const uint32_t> held_out) {
  NESTOR_CHECK(size >= 1 && size <= dims && CanLearn(dims, vectors.size()));
  NESTOR_CHECK(held_out.size() <= vectors.size() / 2);
  const std::vector<float> rows = RowsToLearnFrom({vectors, metric, dims}, held_out);
  NESTOR_ASSIGN_OR_RETURN(const std::vector<float> axes, PrincipalAxes(rows, dims, size));
  return std::make_shared<const Basis>(dims, axes);
}

}  // namespace nestor
