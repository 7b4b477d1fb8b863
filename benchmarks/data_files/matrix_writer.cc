#include "benchmarks/data_files/matrix_writer.h"

#include <limits>

#include "absl/memory/memory.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/npy_header.h"
#include "storage/check.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr size_t kNpyAlignment = 64;  // of the data, as NumPy writes it

std::string LittleEndian(uint64_t value, size_t bytes) {
  std::string text;
  for (size_t i = 0; i < bytes; ++i) text.push_back(static_cast<char>(value >> (8 * i)));
  return text;
}

std::string NpyStart(const MatrixShape& shape) {
  const bool ints = shape.kind == MatrixShape::Kind::kInts;
  const std::string second = ints && shape.columns == 1 ? "" : absl::StrCat(" ", shape.columns);
  std::string text =
      absl::StrCat("{'descr': '", ints ? "<i4" : "<f4", "', 'fortran_order': False, 'shape': (",
                   shape.rows, ",", second, "), }");
  const size_t before = kNpyMagicBytes + 2 + 2;
  while ((before + text.size() + 1) % kNpyAlignment != 0) text.push_back(' ');
  text.push_back('\n');
  return absl::StrCat(absl::string_view(kNpyMagic, kNpyMagicBytes), absl::string_view("\1\0", 2),
                      LittleEndian(text.size(), 2), text);
}

bool IsOneOf(const std::string& path, std::initializer_list<absl::string_view> suffixes) {
  for (const absl::string_view suffix : suffixes) {
    if (absl::EndsWith(path, suffix)) return true;
  }
  return false;
}

absl::Status CheckName(const std::string& path, const MatrixShape& shape) {
  if (shape.kind == MatrixShape::Kind::kVectors) {
    if (IsOneOf(path, {".npy", ".fbin", ".fvecs", ".bvecs"})) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": vectors are written to a name that ends in .npy, .fvecs, .bvecs or .fbin"));
  }
  if (IsOneOf(path, {".npy", ".ibin", ".ivecs"})) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": integers are written to a name that ends in .npy, .ivecs or .ibin"));
}

}  // namespace

MatrixWriter::MatrixWriter(std::unique_ptr<OutputFile> file, const MatrixShape& shape)
    : file_(std::move(file)),
      shape_(shape),
      as_bytes_(absl::EndsWith(file_->path(), ".bvecs")),
      with_row_headers_(absl::EndsWith(file_->path(), "vecs")) {}

absl::StatusOr<std::unique_ptr<MatrixWriter>> MatrixWriter::Create(const std::string& path,
                                                                   const MatrixShape& shape) {
  NESTOR_RETURN_IF_ERROR(CheckName(path, shape));
  const bool counted = IsOneOf(path, {".fbin", ".ibin"});
  if (counted && shape.rows > std::numeric_limits<uint32_t>::max()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", shape.rows, " rows exceed ",
                                                   std::numeric_limits<uint32_t>::max(),
                                                   ", the most that this format has"));
  }
  NESTOR_ASSIGN_OR_RETURN(std::unique_ptr<OutputFile> file, OutputFile::Create(path));
  if (absl::EndsWith(path, ".npy")) NESTOR_RETURN_IF_ERROR(file->Append(NpyStart(shape)));
  if (counted) {
    NESTOR_RETURN_IF_ERROR(
        file->Append(LittleEndian(shape.rows, 4) + LittleEndian(shape.columns, 4)));
  }
  return absl::WrapUnique(new MatrixWriter(std::move(file), shape));
}

absl::Status MatrixWriter::AppendVectors(absl::Span<const float> values) {
  NESTOR_CHECK(shape_.kind == MatrixShape::Kind::kVectors && values.size() % shape_.columns == 0);
  const size_t count = values.size() / shape_.columns;
  if (!as_bytes_) return AppendRows(reinterpret_cast<const char*>(values.data()), count);
  NESTOR_ASSIGN_OR_RETURN(const std::string bytes, ToBytes(values));
  return AppendRows(bytes.data(), count);
}

absl::Status MatrixWriter::AppendInts(absl::Span<const int32_t> values) {
  NESTOR_CHECK(shape_.kind == MatrixShape::Kind::kInts && values.size() % shape_.columns == 0);
  return AppendRows(reinterpret_cast<const char*>(values.data()), values.size() / shape_.columns);
}

absl::StatusOr<std::string> MatrixWriter::ToBytes(absl::Span<const float> values) const {
  std::string bytes(values.size(), '\0');
  for (size_t i = 0; i < values.size(); ++i) {
    const bool fits = values[i] >= 0 && values[i] <= 255;
    const auto byte = static_cast<unsigned char>(fits ? values[i] : 0);
    if (!fits || static_cast<float>(byte) != values[i]) {
      return absl::InvalidArgumentError(absl::StrCat(file_->path(), ": row ",
                                                     rows_done_ + i / shape_.columns, " has ",
                                                     values[i], ", which is no byte"));
    }
    bytes[i] = static_cast<char>(byte);
  }
  return bytes;
}

absl::Status MatrixWriter::AppendRows(const char* rows, size_t count) {
  NESTOR_CHECK(count <= shape_.rows - rows_done_);
  rows_done_ += count;
  const size_t row_bytes = size_t{shape_.columns} * (as_bytes_ ? 1 : 4);
  if (!with_row_headers_) return file_->Append({rows, count * row_bytes});
  const std::string header = LittleEndian(shape_.columns, 4);
  std::string bytes;
  bytes.reserve(count * (header.size() + row_bytes));
  for (size_t i = 0; i < count; ++i) {
    absl::StrAppend(&bytes, header, absl::string_view(rows + i * row_bytes, row_bytes));
  }
  return file_->Append(bytes);
}

absl::StatusOr<std::string> MatrixWriter::Finish() {
  NESTOR_CHECK(rows_done_ == shape_.rows);
  return file_->Finish();
}

}  // namespace nestor::bench
