#include "client/vector_file.h"

#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/half.h"
#include "client/npy_header.h"

namespace nestor {
namespace {

using Layout = VectorFile::Layout;

constexpr uint64_t kMaxNpyHeaderBytes = 64 << 10;

uint64_t LittleEndian(const char* bytes, int count) {
  uint64_t value = 0;
  for (int i = 0; i < count; ++i) {
    value |= static_cast<uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return value;
}

template <typename... Args>
absl::Status Bad(const InputFile& file, const Args&... args) {
  return absl::InvalidArgumentError(absl::StrCat(file.path(), ": ", args...));
}

// `count` bytes at `offset` that the format demands; `what` names them when the file is shorter.
absl::StatusOr<std::string> ReadHeader(const InputFile& file, uint64_t size, uint64_t offset,
                                       uint64_t count, absl::string_view what) {
  if (size < offset + count) {
    return Bad(file, "truncated ", what, ": the file has ", size, " bytes, ", offset + count,
               " expected");
  }
  std::string bytes(count, '\0');
  if (absl::Status status = file.ReadAt(offset, bytes); !status.ok()) return status;
  return bytes;
}

absl::Status CheckDims(const InputFile& file, uint64_t dims) {
  if (dims >= 1 && dims <= kMaxFileDims) return absl::OkStatus();
  return Bad(file, "dims ", dims, " is not in 1 to ", kMaxFileDims);
}

// The rows must fill the file to its last byte. REQUIRES: dims checked, no row headers.
absl::Status CheckSize(const InputFile& file, uint64_t size, const Layout& layout) {
  const uint64_t row_bytes = uint64_t{layout.dims} * EncodingBytes(layout.encoding);
  const uint64_t data_bytes = size - layout.data_offset;
  const uint64_t whole_rows = data_bytes / row_bytes;
  if (whole_rows < layout.rows) {
    return Bad(file, "truncated at row ", whole_rows, ": the header says ", layout.rows,
               " rows of ", row_bytes, " bytes, ", data_bytes, " bytes follow it");
  }
  if (data_bytes != layout.rows * row_bytes) {
    return Bad(file, data_bytes - layout.rows * row_bytes, " bytes after the last row: the header ",
               "says ", layout.rows, " rows of ", row_bytes, " bytes");
  }
  return absl::OkStatus();
}

absl::StatusOr<Layout> NpyLayout(const InputFile& file, const NpyHeader& header) {
  Layout layout;
  if (header.descr == "<f2") {
    layout.encoding = v1::Vector::F16;
  } else if (header.descr != "<f4") {
    return Bad(file, "dtype '", header.descr, "' is not '<f4' (float32) or '<f2' (float16)");
  }
  if (header.shape.size() != 2) {
    return Bad(file, "shape (", absl::StrJoin(header.shape, ", "), ") has ", header.shape.size(),
               " axes, 2 expected: rows, dims");
  }
  if (header.fortran_order) {
    return Bad(file, "is in Fortran order; save it with numpy.ascontiguousarray");
  }
  if (absl::Status status = CheckDims(file, header.shape[1]); !status.ok()) return status;
  layout.rows = header.shape[0];
  layout.dims = static_cast<uint32_t>(header.shape[1]);
  return layout;
}

absl::StatusOr<Layout> ReadNpy(const InputFile& file, uint64_t size) {
  absl::StatusOr<std::string> start = ReadHeader(file, size, 0, kNpyMagicBytes + 2, "header");
  if (!start.ok()) return start.status();
  if (start->compare(0, kNpyMagicBytes, kNpyMagic, kNpyMagicBytes) != 0) {
    return Bad(file, "does not start with the magic bytes of a .npy file");
  }
  const int version = static_cast<unsigned char>((*start)[kNpyMagicBytes]);
  if (version < 1 || version > 3) {
    return Bad(file, ".npy version ", version, " is not 1, 2 or 3");
  }
  const int length_bytes = version == 1 ? 2 : 4;
  absl::StatusOr<std::string> length =
      ReadHeader(file, size, start->size(), length_bytes, "header");
  if (!length.ok()) return length.status();
  const uint64_t text_bytes = LittleEndian(length->data(), length_bytes);
  if (text_bytes > kMaxNpyHeaderBytes) {
    return Bad(file, "header of ", text_bytes, " bytes exceeds ", kMaxNpyHeaderBytes);
  }
  const uint64_t text_offset = start->size() + length->size();
  absl::StatusOr<std::string> text = ReadHeader(file, size, text_offset, text_bytes, "header");
  if (!text.ok()) return text.status();
  absl::StatusOr<NpyHeader> header = ParseNpyHeader(*text);
  if (!header.ok()) return Bad(file, header.status().message());
  absl::StatusOr<Layout> layout = NpyLayout(file, *header);
  if (!layout.ok()) return layout;
  layout->data_offset = text_offset + text_bytes;
  if (absl::Status status = CheckSize(file, size, *layout); !status.ok()) return status;
  return layout;
}

absl::StatusOr<Layout> ReadFbin(const InputFile& file, uint64_t size) {
  absl::StatusOr<std::string> header = ReadHeader(file, size, 0, 8, "header");
  if (!header.ok()) return header.status();
  Layout layout;
  layout.rows = LittleEndian(header->data(), 4);
  layout.data_offset = 8;
  const uint64_t dims = LittleEndian(header->data() + 4, 4);
  if (absl::Status status = CheckDims(file, dims); !status.ok()) return status;
  layout.dims = static_cast<uint32_t>(dims);
  if (absl::Status status = CheckSize(file, size, layout); !status.ok()) return status;
  return layout;
}

// Walks the rows of an .fvecs file whose size is no multiple of its first row's to say which one is
// wrong.
absl::Status FindBadFvecsRow(const InputFile& file, uint64_t size, const Layout& layout) {
  const uint64_t stride = 4 + uint64_t{layout.dims} * 4;
  for (uint64_t row = 0; row * stride < size; ++row) {
    const uint64_t offset = row * stride;
    if (size - offset >= 4) {
      absl::StatusOr<std::string> header = ReadHeader(file, size, offset, 4, "row");
      if (!header.ok()) return header.status();
      const uint64_t dims = LittleEndian(header->data(), 4);
      if (dims != layout.dims) {
        return Bad(file, "row ", row, " has ", dims, " dims, the first row has ", layout.dims);
      }
    }
    if (size - offset < stride) {
      return Bad(file, "truncated at row ", row, ": ", size - offset, " of ", stride, " bytes");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Layout> ReadFvecs(const InputFile& file, uint64_t size) {
  absl::StatusOr<std::string> header = ReadHeader(file, size, 0, 4, "first row");
  if (!header.ok()) return header.status();
  const uint64_t dims = LittleEndian(header->data(), 4);
  if (absl::Status status = CheckDims(file, dims); !status.ok()) return status;
  Layout layout;
  layout.dims = static_cast<uint32_t>(dims);
  layout.row_header_bytes = 4;
  const uint64_t stride = 4 + dims * 4;
  layout.rows = size / stride;
  if (size % stride != 0) {
    absl::Status status = FindBadFvecsRow(file, size, layout);
    if (!status.ok()) return status;
  }
  return layout;
}

absl::StatusOr<Layout> ReadLayout(const InputFile& file, uint64_t size) {
  if (absl::EndsWith(file.path(), ".npy")) return ReadNpy(file, size);
  if (absl::EndsWith(file.path(), ".fbin")) return ReadFbin(file, size);
  if (absl::EndsWith(file.path(), ".fvecs")) return ReadFvecs(file, size);
  return Bad(file, "the name does not end in .npy, .fvecs or .fbin");
}

}  // namespace

absl::StatusOr<VectorFile> VectorFile::Open(const std::string& path) {
  absl::StatusOr<InputFile> file = InputFile::Open(path);
  if (!file.ok()) return file.status();
  absl::StatusOr<uint64_t> size = file->Size();
  if (!size.ok()) return size.status();
  absl::StatusOr<Layout> layout = ReadLayout(*file, *size);
  if (!layout.ok()) return layout.status();
  return VectorFile(*std::move(file), *layout);
}

uint64_t VectorFile::row_bytes() const {
  return uint64_t{layout_.dims} * EncodingBytes(layout_.encoding);
}

absl::StatusOr<std::string> VectorFile::ReadRows(uint64_t first, uint64_t count) const {
  if (first > rows() || count > rows() - first) {
    return absl::OutOfRangeError(absl::StrCat(path(), ": row ", first + count - 1,
                                              " is beyond the last row; the file has ", rows(),
                                              " rows"));
  }
  std::string rows(count * stride(), '\0');
  absl::Status status = file_.ReadAt(layout_.data_offset + first * stride(), rows);
  if (status.ok() && layout_.row_header_bytes != 0) status = StripRowHeaders(first, count, rows);
  if (!status.ok()) return status;
  return rows;
}

absl::Status VectorFile::StripRowHeaders(uint64_t first, uint64_t count, std::string& rows) const {
  for (uint64_t i = 0; i < count; ++i) {
    const char* row = rows.data() + i * stride();
    const uint64_t dims = LittleEndian(row, 4);
    if (dims != layout_.dims) {
      return Bad(file_, "row ", first + i, " has ", dims, " dims, the first row has ",
                 layout_.dims);
    }
    std::memmove(rows.data() + i * row_bytes(), row + layout_.row_header_bytes, row_bytes());
  }
  rows.resize(count * row_bytes());
  return absl::OkStatus();
}

}  // namespace nestor
