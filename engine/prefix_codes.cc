#include "engine/prefix_codes.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "engine/huge_pages.h"
#include "engine/kernels/packed_codec.h"
#include "engine/vector_math.h"
#include "storage/check.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

int Bits(const PrefixCoder& coder) { return static_cast<int>(coder.format().bits); }

size_t Stride(const PrefixCoder& coder) {
  const size_t dims = coder.format().dims;
  return coder.packed() ? kernels::PackedBytes(dims, Bits(coder)) : dims;
}

// A row's factor is at most 4 times its distance from the centre, twice that for l2; its offset is
// made of two products of norms. So large a score may be infinite, which has an order, but never no
// number.
absl::Status CheckTerms(kernels::PackedRowTerms terms, const SectionReader& reader) {
  constexpr double kMostFactor = 8 * kMaxCodedNorm;
  constexpr double kMostOffset = 3 * kMaxCodedNorm * kMaxCodedNorm;
  if (terms.factor >= 0 && terms.factor <= kMostFactor && std::abs(terms.offset) <= kMostOffset) {
    return absl::OkStatus();
  }
  return reader.Damaged(
      absl::StrCat("a code has factor ", terms.factor, " and offset ", terms.offset));
}

absl::StatusOr<std::shared_ptr<const Basis>> ReadBasis(size_t size, size_t dims,
                                                       const SectionReader& reader) {
  constexpr double kMostNorm = 1.05;  // rounded
  AlignedVector<int8_t> codes;
  AlignedVector<float> scales;
  NESTOR_RETURN_IF_ERROR(
      reader.Read(SegmentSection::kBasisCodes, size * kernels::PaddedDims(dims), &codes));
  NESTOR_RETURN_IF_ERROR(reader.ReadUpTo(SegmentSection::kBasisScales,
                                         size * kernels::BlockCount(dims), kMostNorm, &scales));
  auto basis = std::make_shared<const Basis>(dims, std::move(codes), std::move(scales));
  for (size_t axis = 0; axis < size; ++axis) {
    const double norm = Norm(basis->Axis(axis).data(), dims);
    if (norm <= kMostNorm) continue;
    return reader.Damaged(absl::StrCat("axis ", axis, " of a basis has norm ", norm));
  }
  return basis;
}

}  // namespace

PrefixCodes::PrefixCodes(std::shared_ptr<const PrefixCoder> coder)
    : coder_(std::move(coder)), stride_(Stride(*coder_)) {}

void PrefixCodes::Reserve(size_t rows) {
  if (coder_->packed()) {
    codes_.reserve(rows * stride_);
    return;
  }
  floats_.reserve(rows * stride_);
  if (format().metric == Metric::kL2) norms2_.reserve(rows);
}

bool PrefixCodes::Append(const float* vector) {
  prefix_.resize(format().dims);
  const double norm = coder_->TakePrefix(vector, prefix_.data());
  if (coder_->packed()) {
    AppendPacked(norm * norm);
  } else {
    floats_.insert(floats_.end(), prefix_.begin(), prefix_.end());
    if (format().metric == Metric::kL2) norms2_.push_back(static_cast<float>(norm * norm));
  }
  ++size_;
  return norm > 0 || format().metric != Metric::kCosine;
}

void PrefixCodes::AppendPacked(double norm2) {
  double offset = coder_->DotCentre(prefix_.data());
  coder_->Turn(prefix_.data());
  codes_.resize(codes_.size() + stride_);
  uint8_t* const row = codes_.data() + size_ * stride_;
  float factor = kernels::EncodePacked(prefix_.data(), prefix_.size(), Bits(*coder_), row);
  if (format().metric == Metric::kL2) {
    factor *= 2;
    offset = 2 * offset - norm2;
  }
  kernels::SetPackedTerms({factor, static_cast<float>(offset)}, stride_, row);
}

void PrefixCodes::AppendFrom(const PrefixCodes& other, uint32_t row) {
  if (coder_->packed()) {
    const uint8_t* code = other.codes_.data() + row * stride_;
    codes_.insert(codes_.end(), code, code + stride_);
  } else {
    const float* code = other.floats_.data() + row * stride_;
    floats_.insert(floats_.end(), code, code + stride_);
    if (format().metric == Metric::kL2) norms2_.push_back(other.norms2_[row]);
  }
  ++size_;
}

void PrefixCodes::MoveToHugePages() const {
  nestor::MoveToHugePages(codes_);
  nestor::MoveToHugePages(floats_);
}

void PrefixCodes::AddSections(SectionList* sections) const {
  if (coder_->basis() != nullptr) {
    sections->Add(SegmentSection::kBasisCodes, coder_->basis()->codes());
    sections->Add(SegmentSection::kBasisScales, coder_->basis()->scales());
  }
  if (coder_->packed()) {
    sections->Add(SegmentSection::kCodeCentre, coder_->centre());
    sections->Add(SegmentSection::kCodesPacked, codes_);
    return;
  }
  sections->Add(SegmentSection::kCodesFloat32, floats_);
  if (format().metric == Metric::kL2) sections->Add(SegmentSection::kCodeNorms, norms2_);
}

absl::StatusOr<PrefixCodes> PrefixCodes::Read(const PrefixCodeFormat& format, size_t vector_dims,
                                              size_t rows, const SectionReader& reader) {
  std::shared_ptr<const Basis> basis;
  if (format.learnt) {
    NESTOR_ASSIGN_OR_RETURN(basis, ReadBasis(format.dims, vector_dims, reader));
  }
  std::vector<float> centre;
  if (format.bits != 32 && reader.CountOf<float>(SegmentSection::kCodeCentre) > 0) {
    NESTOR_RETURN_IF_ERROR(
        reader.ReadVectors(SegmentSection::kCodeCentre, 1, format.dims, &centre));
  }
  PrefixCodes codes(
      std::make_shared<const PrefixCoder>(format, std::move(centre), std::move(basis)));
  codes.size_ = rows;
  if (codes.coder_->packed()) {
    NESTOR_RETURN_IF_ERROR(
        reader.Read(SegmentSection::kCodesPacked, rows * codes.stride_, &codes.codes_));
    for (size_t row = 0; row < rows; ++row) {  // any byte is a code, but not a term
      const uint8_t* const code = codes.codes_.data() + row * codes.stride_;
      NESTOR_RETURN_IF_ERROR(CheckTerms(kernels::PackedTerms(code, codes.stride_), reader));
    }
    return codes;
  }
  NESTOR_RETURN_IF_ERROR(
      reader.ReadVectors(SegmentSection::kCodesFloat32, rows, codes.stride_, &codes.floats_));
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
  if (coder_->packed()) {
    const kernels::PackedRows rows = {codes_.data() + first * stride_, stride_};
    kernels.dot_packed[std::countr_zero(format().bits)](query.packed(), rows, list, out);
    return;
  }
  kernels.dot_f32(query.values(), {floats_.data() + first * stride_, stride_}, list, format().dims,
                  out);
  if (format().metric != Metric::kL2) return;
  for (size_t i = 0; i < list.count; ++i) {
    const size_t row = first + (list.ids != nullptr ? list.ids[i] : i);
    out[i] = 2 * out[i] - norms2_[row];
  }
}

size_t PrefixCodes::MemoryBytes() const {
  const size_t basis = coder_->basis() == nullptr ? 0 : coder_->basis()->MemoryBytes();
  return basis + codes_.capacity() + (floats_.capacity() + norms2_.capacity()) * sizeof(float);
}

}  // namespace nestor
