#include "benchmarks/data_files/bvecs_source.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/input_file.h"
#include "client/vector_file.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr uint64_t kHeaderBytes = 4;

uint32_t LoadU32(const char* bytes) {
  uint32_t value;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

class BvecsSource final : public VectorSource {
 public:
  BvecsSource(InputFile file, uint64_t rows, uint32_t dims)
      : file_(std::move(file)), rows_(rows), dims_(dims) {}

  uint64_t rows() const override { return rows_; }
  uint32_t dims() const override { return dims_; }

  absl::Status ReadRows(uint64_t first, uint64_t count, float* out) override {
    const uint64_t stride = kHeaderBytes + dims_;
    std::string bytes(count * stride, '\0');
    NESTOR_RETURN_IF_ERROR(file_.ReadAt(first * stride, bytes));
    for (uint64_t i = 0; i < count; ++i) {
      const char* row = bytes.data() + i * stride;
      if (LoadU32(row) != dims_) {
        return absl::InvalidArgumentError(absl::StrCat(file_.path(), ": row ", first + i, " has ",
                                                       LoadU32(row), " dims, the first row has ",
                                                       dims_));
      }
      for (uint32_t d = 0; d < dims_; ++d) {
        *out++ = static_cast<unsigned char>(row[kHeaderBytes + d]);
      }
    }
    return absl::OkStatus();
  }

 private:
  const InputFile file_;
  const uint64_t rows_;
  const uint32_t dims_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<VectorSource>> OpenBvecs(const std::string& path) {
  NESTOR_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(path));
  NESTOR_ASSIGN_OR_RETURN(const uint64_t size, file.Size());
  const auto bad = [&path](const auto&... what) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", what...));
  };
  if (size < kHeaderBytes) return bad("has ", size, " bytes, too few for a row");
  std::string header(kHeaderBytes, '\0');
  NESTOR_RETURN_IF_ERROR(file.ReadAt(0, header));
  const uint32_t dims = LoadU32(header.data());
  if (dims == 0 || dims > kMaxFileDims) {
    return bad("dims ", dims, " is not in 1 to ", kMaxFileDims);
  }
  const uint64_t stride = kHeaderBytes + dims;
  if (size % stride != 0) {
    return bad("truncated at row ", size / stride, ": ", size % stride, " of ", stride, " bytes");
  }
  return std::make_unique<BvecsSource>(std::move(file), size / stride, dims);
}

}  // namespace nestor::bench
