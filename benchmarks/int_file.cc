#include "benchmarks/int_file.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/input_file.h"
#include "client/npy_header.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr size_t kMaxNpyStartBytes = size_t{64} << 10;  // header and all before it

absl::Status Malformed(const std::string& path, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", what));
}

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  NESTOR_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  NESTOR_ASSIGN_OR_RETURN(const uint64_t size, file.Size());
  std::string bytes(size, '\0');
  NESTOR_RETURN_IF_ERROR(file.ReadAt(0, bytes));
  return bytes;
}

template <typename T>
T Load(absl::string_view bytes, size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(value));
  return value;
}

template <typename T>
void Append(absl::string_view bytes, std::vector<int64_t>* values) {
  for (size_t at = 0; at < bytes.size(); at += sizeof(T)) values->push_back(Load<T>(bytes, at));
}

// Whether numbers of `width` bytes for all of the matrix are exactly so many bytes. Divides, since
// the product may be more than 64 bits hold.
bool Fills(uint64_t bytes, uint64_t width, const IntMatrix& matrix) {
  if (matrix.rows == 0 || matrix.columns == 0) return bytes == 0;
  const uint64_t numbers = bytes / width;
  return bytes % width == 0 && numbers % matrix.columns == 0 &&
         numbers / matrix.columns == matrix.rows;
}

// The text of the header and the array behind it.
struct NpyParts {
  absl::string_view header;
  absl::string_view data;
};

absl::StatusOr<NpyParts> SplitNpy(const std::string& path, absl::string_view bytes) {
  if (bytes.size() < 12 || !absl::StartsWith(bytes, kNpyMagic)) {
    return Malformed(path, "is not a NumPy array");
  }
  const bool version_1 = bytes[kNpyMagicBytes] == 1;
  const size_t begin = version_1 ? 10 : 12;
  const size_t length = version_1 ? Load<uint16_t>(bytes, 8) : Load<uint32_t>(bytes, 8);
  if (length > bytes.size() - begin) return Malformed(path, "ends inside its header");
  return NpyParts{bytes.substr(begin, length), bytes.substr(begin + length)};
}

absl::StatusOr<IntMatrix> ParseNpy(const std::string& path, absl::string_view bytes) {
  NESTOR_ASSIGN_OR_RETURN(const NpyParts parts, SplitNpy(path, bytes));
  absl::StatusOr<NpyHeader> header = ParseNpyHeader(parts.header);
  if (!header.ok()) return Malformed(path, std::string(header.status().message()));
  const size_t width = header->descr == "<i4" ? 4 : header->descr == "<i8" ? 8 : 0;
  if (width == 0) return Malformed(path, absl::StrCat("is ", header->descr, ", not <i4 or <i8"));
  const std::vector<uint64_t>& shape = header->shape;
  if (header->fortran_order || shape.empty() || shape.size() > 2) {
    return Malformed(path, "is not a 1-D or 2-D array in C order");
  }
  IntMatrix matrix{shape[0], shape.size() == 2 ? shape[1] : 1, {}};
  if (!Fills(parts.data.size(), width, matrix)) {
    return Malformed(path, absl::StrCat(parts.data.size(), " bytes do not hold ", matrix.rows,
                                        " x ", matrix.columns, " numbers"));
  }
  matrix.values.reserve(matrix.rows * matrix.columns);
  width == 4 ? Append<int32_t>(parts.data, &matrix.values)
             : Append<int64_t>(parts.data, &matrix.values);
  return matrix;
}

absl::StatusOr<IntMatrix> ParseIvecs(const std::string& path, absl::string_view bytes) {
  if (bytes.size() < 4) return Malformed(path, "is too short for one row");
  IntMatrix matrix;
  matrix.columns = Load<uint32_t>(bytes, 0);
  const uint64_t stride = 4 + uint64_t{4} * matrix.columns;
  if (bytes.size() % stride != 0) {
    return Malformed(path, absl::StrCat(bytes.size(), " bytes are no whole number of rows of ",
                                        matrix.columns, " columns"));
  }
  matrix.rows = bytes.size() / stride;
  for (size_t row = 0; row < matrix.rows; ++row) {
    if (Load<uint32_t>(bytes, row * stride) != matrix.columns) {
      return Malformed(path, absl::StrCat("row ", row, " does not have ", matrix.columns,
                                          " columns as the first one"));
    }
    Append<int32_t>(bytes.substr(row * stride + 4, stride - 4), &matrix.values);
  }
  return matrix;
}

absl::StatusOr<IntMatrix> ParseIbin(const std::string& path, absl::string_view bytes) {
  if (bytes.size() < 8) return Malformed(path, "is too short for its header");
  IntMatrix matrix{Load<uint32_t>(bytes, 0), Load<uint32_t>(bytes, 4), {}};
  if (matrix.columns == 0 || !Fills(bytes.size() - 8, 4, matrix)) {
    return Malformed(path, absl::StrCat(bytes.size() - 8, " bytes do not hold ", matrix.rows, " x ",
                                        matrix.columns, " numbers"));
  }
  Append<int32_t>(bytes.substr(8), &matrix.values);
  return matrix;
}

}  // namespace

absl::StatusOr<IntMatrix> ReadIntMatrix(const std::string& path) {
  NESTOR_ASSIGN_OR_RETURN(const std::string bytes, ReadWhole(path));
  if (absl::EndsWith(path, ".npy")) return ParseNpy(path, bytes);
  if (absl::EndsWith(path, ".ivecs")) return ParseIvecs(path, bytes);
  if (absl::EndsWith(path, ".ibin")) return ParseIbin(path, bytes);
  return Malformed(path, "the name does not end in .npy, .ivecs or .ibin");
}

absl::StatusOr<bool> IsIntFile(const std::string& path) {
  if (absl::EndsWith(path, ".ivecs") || absl::EndsWith(path, ".ibin")) return true;
  if (!absl::EndsWith(path, ".npy")) return false;
  NESTOR_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(path));
  std::string start;
  NESTOR_RETURN_IF_ERROR(file.ReadMore(kMaxNpyStartBytes, start));
  NESTOR_ASSIGN_OR_RETURN(const NpyParts parts, SplitNpy(path, start));
  const absl::StatusOr<NpyHeader> header = ParseNpyHeader(parts.header);
  if (!header.ok()) return Malformed(path, std::string(header.status().message()));
  return header->descr == "<i4" || header->descr == "<i8";
}

absl::StatusOr<std::vector<int64_t>> ReadLabels(const std::string& path, size_t rows) {
  NESTOR_ASSIGN_OR_RETURN(IntMatrix labels, ReadIntMatrix(path));
  if (labels.columns != 1) {
    return Malformed(path, absl::StrCat("has ", labels.columns, " columns; labels have one"));
  }
  if (labels.rows != rows) {
    return Malformed(path, absl::StrCat("has ", labels.rows, " labels for ", rows, " vectors"));
  }
  return std::move(labels.values);
}

}  // namespace nestor::bench
