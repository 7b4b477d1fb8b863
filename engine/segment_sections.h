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
  kBasisCodes = 15,
  kBasisScales = 16,
  kHnswShape = 20,
  kHnswBase = 21,
  kHnswUpperOffsets = 22,
  kHnswUpper = 23,
  kIvfCentroids = 30,
  kIvfListBegins = 31,
  kIvfRows = 32,
  kTierInt8 = 40,
  kTierFloat32 = 42,
  kTierNorms = 43,
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

// How much of a section is looked at before it is used: of one that was written a moment ago, only
// whether it has the right length.
enum class SectionCheck { kContent, kLength };

// Reads them back. DataLossError naming the file when something is not as it must be.
class SectionReader {
 public:
  explicit SectionReader(const CheckedFileReader& file) : file_(file) {}

  // Exactly `count` values. Nothing is allocated unless the section has that size.
  template <typename Vector>
  absl::Status Read(SegmentSection id, size_t count, Vector* values) const {
    using T = typename Vector::value_type;
    NESTOR_RETURN_IF_ERROR(CheckCount<T>(id, count));
    values->resize(count);
    return file_.Read(static_cast<uint32_t>(id), values->data(), count * sizeof(T));
  }
  // The same, and every value must be from 0 to `most`.
  template <typename Vector>
  absl::Status ReadUpTo(SegmentSection id, size_t count, double most, Vector* values) const {
    NESTOR_RETURN_IF_ERROR(Read(id, count, values));
    return CheckUpTo(id, *values, most);
  }
  absl::Status CheckUpTo(SegmentSection id, absl::Span<const float> values, double most) const {
    for (const float value : values) {
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
  bool Has(SegmentSection id) const { return file_.Has(static_cast<uint32_t>(id)); }
  template <typename T>
  absl::Status CheckCount(SegmentSection id, size_t count) const {
    const uint64_t bytes = file_.BytesOf(static_cast<uint32_t>(id));
    if (bytes == count * sizeof(T)) return absl::OkStatus();
    return Damaged(absl::StrCat("section ", static_cast<uint32_t>(id), " has ", bytes,
                                " bytes, not ", count, " times ", sizeof(T)));
  }
  // Reads a section, without keeping it, and calls check_row(row, values) for each `stride` values
  // of it. Errors are also those that it returns.
  template <typename T, typename CheckRow>
  absl::Status CheckRows(SegmentSection id, size_t stride, CheckRow check_row) const {
    size_t row = 0;
    return file_.Check(static_cast<uint32_t>(id), stride * sizeof(T),
                       [&](absl::string_view bytes) -> absl::Status {
                         // Buffers begin where any number may.
                         const absl::Span<const T> values(reinterpret_cast<const T*>(bytes.data()),
                                                          bytes.size() / sizeof(T));
                         for (size_t at = 0; at < values.size(); at += stride) {
                           NESTOR_RETURN_IF_ERROR(check_row(row++, values.subspan(at, stride)));
                         }
                         return absl::OkStatus();
                       });
  }
  absl::StatusOr<SectionFile> OpenSection(SegmentSection id) const {
    return file_.OpenSection(static_cast<uint32_t>(id));
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
