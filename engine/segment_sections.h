#ifndef NESTOR_ENGINE_SEGMENT_SECTIONS_H_
#define NESTOR_ENGINE_SEGMENT_SECTIONS_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <list>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/limits.h"
#include "engine/vector_math.h"
#include "storage/checked_file.h"
#include "storage/status_macros.h"

namespace nestor {

// The arrays of a segment as sections of a checked file, element behind element as they are in
// memory: see engine/segment_file.h for what each of them holds.
enum class SegmentSection : uint32_t {
  kProperties = 1,
  kRows = 2,
  kZeroPrefixRows = 3,
  kCodesPacked = 10,
  kCodesFloat32 = 12,
  kCodeNorms = 13,
  kCodeCentre = 14,
  kHnswShape = 20,
  kHnswBase = 21,
  kHnswUpperOffsets = 22,
  kHnswUpper = 23,
  kIvfCentroids = 30,
  kIvfListBegins = 31,
  kIvfRows = 32,
  kTierInt8 = 40,
  kTierScales = 41,
  kTierFloat32 = 42,
  kTierNorms = 43,
  kTierResiduals = 44,
  kPointRecords = 50,
};

// Above the norm of any code of a vector that is accepted: rounding adds to kMaxNorm. Squares and
// sums of such codes stay within float32; beyond it scores would be no numbers and have no order.
inline constexpr double kMaxCodedNorm = 2 * kMaxNorm;

static_assert(std::endian::native == std::endian::little, "segment files are little-endian");

// Gathers sections to write. Views what Add is given.
class SectionList {
 public:
  template <typename Vector>
  void Add(SegmentSection id, const Vector& values) {
    sections_.push_back({static_cast<uint32_t>(id),
                         {reinterpret_cast<const char*>(values.data()),
                          values.size() * sizeof(typename Vector::value_type)}});
  }
  void AddSource(SegmentSection id, SectionSource* source) {
    sections_.push_back({.id = static_cast<uint32_t>(id), .source = source});
  }
  // Of a few values that lie nowhere else.
  void AddCopy(SegmentSection id, std::vector<uint32_t> values) {
    copies_.push_back(std::move(values));
    Add(id, copies_.back());
  }
  absl::Span<const FileSection> sections() const { return sections_; }

 private:
  std::vector<FileSection> sections_;
  std::list<std::vector<uint32_t>> copies_;
};

// Reads them back. DataLossError naming the file when something is not as it must be.
class SectionReader {
 public:
  explicit SectionReader(const CheckedFileReader& file) : file_(file) {}

  // Exactly `count` values. Nothing is allocated unless the section has that size.
  template <typename Vector>
  absl::Status Read(SegmentSection id, size_t count, Vector* values) const {
    constexpr size_t kBytes = sizeof(typename Vector::value_type);
    if (CountOf<typename Vector::value_type>(id) != count) {
      return Damaged(absl::StrCat("section ", static_cast<uint32_t>(id), " has ",
                                  file_.BytesOf(static_cast<uint32_t>(id)), " bytes, not ", count,
                                  " times ", kBytes));
    }
    values->resize(count);
    return file_.Read(static_cast<uint32_t>(id), values->data(), count * kBytes);
  }
  // The same, and every value must be from 0 to `most`.
  template <typename Vector>
  absl::Status ReadUpTo(SegmentSection id, size_t count, double most, Vector* values) const {
    NESTOR_RETURN_IF_ERROR(Read(id, count, values));
    for (const float value : *values) {
      if (value >= 0 && value <= most) continue;
      return Damaged(absl::StrCat("a value of section ", static_cast<uint32_t>(id), " is ", value));
    }
    return absl::OkStatus();
  }
  // `rows` vectors of `dims`, none with a norm above kMaxCodedNorm.
  template <typename Vector>
  absl::Status ReadVectors(SegmentSection id, size_t rows, size_t dims, Vector* values) const {
    NESTOR_RETURN_IF_ERROR(Read(id, rows * dims, values));
    for (size_t row = 0; row < rows; ++row) {
      NESTOR_RETURN_IF_ERROR(CheckNorm(id, row, Norm(values->data() + row * dims, dims)));
    }
    return absl::OkStatus();
  }
  absl::Status CheckNorm(SegmentSection id, size_t row, double norm) const {
    if (norm <= kMaxCodedNorm) return absl::OkStatus();
    return Damaged(
        absl::StrCat("row ", row, " of section ", static_cast<uint32_t>(id), " has norm ", norm));
  }
  // How many values the section holds; 0 if there is none.
  template <typename T>
  size_t CountOf(SegmentSection id) const {
    return file_.BytesOf(static_cast<uint32_t>(id)) / sizeof(T);
  }
  absl::Status Damaged(absl::string_view what) const {
    return absl::DataLossError(absl::StrCat(file_.path(), " is damaged: ", what));
  }

 private:
  const CheckedFileReader& file_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_SEGMENT_SECTIONS_H_
