#include "benchmarks/data_files/vector_source.h"

#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "benchmarks/data_files/bvecs_source.h"
#include "client/vector_file.h"
#include "engine/kernels/kernel_table.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

class FloatSource final : public VectorSource {
 public:
  explicit FloatSource(VectorFile file) : file_(std::move(file)) {}

  uint64_t rows() const override { return file_.rows(); }
  uint32_t dims() const override { return file_.dims(); }

  absl::Status ReadRows(uint64_t first, uint64_t count, float* out) override {
    if (count == 0) return absl::OkStatus();  // `out` may then be null, which memcpy does not take
    NESTOR_ASSIGN_OR_RETURN(const std::string packed, file_.ReadRows(first, count));
    if (file_.encoding() == v1::Vector::F16) {
      kernels::Kernels().f16_to_f32(reinterpret_cast<const uint16_t*>(packed.data()),
                                    packed.size() / sizeof(uint16_t), out);
    } else {
      std::memcpy(out, packed.data(), packed.size());
    }
    return absl::OkStatus();
  }

 private:
  const VectorFile file_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<VectorSource>> OpenVectorSource(const std::string& path) {
  if (absl::EndsWith(path, ".bvecs")) return OpenBvecs(path);
  NESTOR_ASSIGN_OR_RETURN(VectorFile file, VectorFile::Open(path));
  return std::make_unique<FloatSource>(std::move(file));
}

}  // namespace nestor::bench
