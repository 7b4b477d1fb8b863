#include "engine/prefix_codes.h"

#include <algorithm>

#include "engine/kernels/int8_codec.h"
#include "engine/vector_math.h"
#include "storage/check.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

// Writes the prefix as the code sees it and returns its norm before that.
double PreparePrefix(const PrefixCodeFormat& format, const float* vector, float* out) {
  const double norm = Norm(vector, format.dims);
  Scale(vector, format.dims, format.metric == Metric::kCosine ? norm : 1.0, out);
  return norm;
}

}  // namespace

PrefixQuery::PrefixQuery(const PrefixCodeFormat& format, const float* vector)
    : format_(format), values_(format.dims) {
  const double norm = PreparePrefix(format, vector, values_.data());
  blind_ = norm == 0 && format.metric != Metric::kL2;
  if (format.bits == 8) prepared_.emplace(values_.data(), format.dims);
}

PrefixCodes::PrefixCodes(const PrefixCodeFormat& format)
    : format_(format), stride_(format.bits == 8 ? kernels::PaddedDims(format.dims) : format.dims) {
  NESTOR_CHECK(format.bits == 8 || format.bits == 32);
}

void PrefixCodes::Reserve(size_t rows) {
  if (format_.bits == 8) {
    codes_.reserve(rows * stride_);
    scales_.reserve(rows);
  } else {
    floats_.reserve(rows * stride_);
  }
  if (format_.metric == Metric::kL2) norms2_.reserve(rows);
}

bool PrefixCodes::Append(const float* vector) {
  std::vector<float> prefix(format_.dims);
  const double norm = PreparePrefix(format_, vector, prefix.data());
  if (format_.bits == 8) {
    codes_.resize((size_ + 1) * stride_);
    float scale = 0;
    kernels::EncodeRowInt8(prefix.data(), format_.dims, codes_.data() + size_ * stride_, &scale);
    scales_.push_back(scale);
  } else {
    floats_.insert(floats_.end(), prefix.begin(), prefix.end());
  }
  ++size_;
  if (format_.metric == Metric::kL2) {
    Decode(static_cast<uint32_t>(size_ - 1), prefix.data());
    const double decoded_norm = Norm(prefix.data(), format_.dims);
    norms2_.push_back(static_cast<float>(decoded_norm * decoded_norm));
  }
  return norm > 0 || format_.metric != Metric::kCosine;
}

void PrefixCodes::AppendFrom(const PrefixCodes& other, uint32_t row) {
  if (format_.bits == 8) {
    const int8_t* code = other.codes_.data() + row * stride_;
    codes_.insert(codes_.end(), code, code + stride_);
    scales_.push_back(other.scales_[row]);
  } else {
    const float* code = other.floats_.data() + row * stride_;
    floats_.insert(floats_.end(), code, code + stride_);
  }
  if (format_.metric == Metric::kL2) norms2_.push_back(other.norms2_[row]);
  ++size_;
}

void PrefixCodes::AddSections(SectionList* sections) const {
  if (format_.bits == 8) {
    sections->Add(SegmentSection::kCodesInt8, codes_);
    sections->Add(SegmentSection::kCodeScales, scales_);
  } else {
    sections->Add(SegmentSection::kCodesFloat32, floats_);
  }
  if (format_.metric == Metric::kL2) sections->Add(SegmentSection::kCodeNorms, norms2_);
}

absl::StatusOr<PrefixCodes> PrefixCodes::Read(const PrefixCodeFormat& format, size_t rows,
                                              const SectionReader& reader) {
  PrefixCodes codes(format);
  codes.size_ = rows;
  if (format.bits == 8) {
    NESTOR_RETURN_IF_ERROR(
        reader.Read(SegmentSection::kCodesInt8, rows * codes.stride_, &codes.codes_));
    NESTOR_RETURN_IF_ERROR(
        reader.ReadUpTo(SegmentSection::kCodeScales, rows, kMaxCodedNorm, &codes.scales_));
    std::vector<float> prefix(format.dims);
    for (size_t row = 0; row < rows; ++row) {
      codes.Decode(static_cast<uint32_t>(row), prefix.data());
      const double norm = Norm(prefix.data(), prefix.size());
      NESTOR_RETURN_IF_ERROR(reader.CheckNorm(SegmentSection::kCodesInt8, row, norm));
    }
  } else {
    NESTOR_RETURN_IF_ERROR(
        reader.ReadVectors(SegmentSection::kCodesFloat32, rows, codes.stride_, &codes.floats_));
  }
  if (format.metric == Metric::kL2) {
    NESTOR_RETURN_IF_ERROR(reader.ReadUpTo(SegmentSection::kCodeNorms, rows,
                                           kMaxCodedNorm * kMaxCodedNorm, &codes.norms2_));
  }
  return codes;
}

void PrefixCodes::Score(const PrefixQuery& query, absl::Span<const uint32_t> rows,
                        float* out) const {
  ScoreList(query, 0, {rows.data(), rows.size()}, out);
}

void PrefixCodes::ScoreRange(const PrefixQuery& query, uint32_t first, size_t count,
                             float* out) const {
  ScoreList(query, first, {nullptr, count}, out);
}

void PrefixCodes::ScoreList(const PrefixQuery& query, size_t first, kernels::RowList list,
                            float* out) const {
  if (list.count == 0) return;
  const kernels::KernelTable& kernels = kernels::Kernels();
  if (format_.bits == 8) {
    kernels.dot_row_int8(query.prepared().view(),
                         {codes_.data() + first * stride_, stride_, scales_.data() + first}, list,
                         format_.dims, out);
  } else {
    kernels.dot_f32(query.values(), {floats_.data() + first * stride_, stride_}, list, format_.dims,
                    out);
  }
  if (format_.metric != Metric::kL2) return;
  // -|q - x|^2 without |q|^2, which is the same for all rows.
  for (size_t i = 0; i < list.count; ++i) {
    const size_t row = first + (list.ids != nullptr ? list.ids[i] : i);
    out[i] = 2 * out[i] - norms2_[row];
  }
}

void PrefixCodes::Decode(uint32_t row, float* out) const {
  if (format_.bits == 8) {
    kernels::DecodeRowInt8(codes_.data() + row * stride_, scales_[row], format_.dims, out);
  } else {
    const float* code = floats_.data() + row * stride_;
    std::copy(code, code + format_.dims, out);
  }
}

size_t PrefixCodes::MemoryBytes() const {
  return codes_.capacity() +
         (scales_.capacity() + floats_.capacity() + norms2_.capacity()) * sizeof(float);
}

}  // namespace nestor
