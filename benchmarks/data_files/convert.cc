#include "benchmarks/data_files/convert.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/data_files/generated_mark.h"
#include "benchmarks/data_files/hdf5_dataset.h"
#include "benchmarks/data_files/matrix_writer.h"
#include "benchmarks/data_files/vector_source.h"
#include "benchmarks/int_file.h"
#include "engine/vector_math.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr uint64_t kBlockNumbers = uint64_t{4} << 20;  // read and written at once
constexpr uint64_t kMaxInts = uint64_t{1} << 28;       // of an HDF5 file: these are held in memory

// What `gen` says of the input, if it made it.
using SourceMark = std::optional<Json>;

bool IsHdf5(const std::string& path) {
  return absl::EndsWith(path, ".hdf5") || absl::EndsWith(path, ".h5");
}

bool HasVectorSuffix(const std::string& path) {
  return absl::EndsWith(path, ".fvecs") || absl::EndsWith(path, ".bvecs") ||
         absl::EndsWith(path, ".fbin");
}

class Hdf5Source final : public VectorSource {
 public:
  explicit Hdf5Source(std::unique_ptr<Hdf5Dataset> dataset) : dataset_(std::move(dataset)) {}

  uint64_t rows() const override { return dataset_->rows(); }
  uint32_t dims() const override { return dataset_->columns(); }
  absl::Status ReadRows(uint64_t first, uint64_t count, float* out) override {
    return dataset_->ReadFloats(first, count, out);
  }

 private:
  const std::unique_ptr<Hdf5Dataset> dataset_;
};

// What of the input is asked for.
absl::StatusOr<MatrixShape> Part(const ConvertOptions& options, uint64_t rows, uint64_t columns,
                                 MatrixShape::Kind kind) {
  if (rows == 0 || columns == 0) {
    return absl::InvalidArgumentError(absl::StrCat(options.in, ": has no numbers"));
  }
  if (options.rows > rows) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.in, " has ", rows, " rows, --rows asks for ", options.rows));
  }
  if (options.dims > columns) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.in, " has ", columns, " dims, --dims asks for ", options.dims));
  }
  if (columns > std::numeric_limits<uint32_t>::max()) {
    return absl::InvalidArgumentError(absl::StrCat(options.in, ": has ", columns, " columns"));
  }
  return MatrixShape{options.rows == 0 ? rows : options.rows,
                     options.dims == 0 ? static_cast<uint32_t>(columns) : options.dims, kind};
}

// Cuts each row of a block to the first `dims`, in place.
void CutRows(uint64_t count, uint32_t columns, const MatrixShape& shape, bool normalize,
             std::vector<float>* block) {
  for (uint64_t i = 0; i < count; ++i) {
    const float* from = block->data() + i * columns;
    float* to = block->data() + i * shape.columns;
    std::copy(from, from + shape.columns, to);
    if (normalize) Scale(to, shape.columns, Norm(to, shape.columns), to);
  }
}

// What is synthetic gets its mark before its name.
absl::StatusOr<std::string> FinishMarked(const SourceMark& mark, const std::string& path,
                                         MatrixWriter& writer) {
  if (mark.has_value()) {
    NESTOR_RETURN_IF_ERROR(WriteGeneratedMark(*mark, path, writer.Hash()));
  }
  return writer.Finish();
}

absl::StatusOr<std::string> CopyVectors(const ConvertOptions& options,
                                        const SourceMark& source_mark, VectorSource& source,
                                        MatrixShape* written) {
  NESTOR_ASSIGN_OR_RETURN(*written,
                          Part(options, source.rows(), source.dims(), MatrixShape::Kind::kVectors));
  NESTOR_ASSIGN_OR_RETURN(const std::unique_ptr<MatrixWriter> writer,
                          MatrixWriter::Create(options.out, *written));
  const uint64_t step = std::max<uint64_t>(1, kBlockNumbers / source.dims());
  std::vector<float> block(std::min(step, written->rows) * source.dims());
  for (uint64_t first = 0; first < written->rows; first += step) {
    const uint64_t count = std::min(step, written->rows - first);
    NESTOR_RETURN_IF_ERROR(source.ReadRows(first, count, block.data()));
    CutRows(count, source.dims(), *written, options.normalize, &block);
    NESTOR_RETURN_IF_ERROR(writer->AppendVectors({block.data(), count * written->columns}));
  }
  return FinishMarked(source_mark, options.out, *writer);
}

absl::StatusOr<std::string> CopyInts(const ConvertOptions& options, const SourceMark& source_mark,
                                     const IntMatrix& ints, MatrixShape* written) {
  if (options.normalize) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.in, ": integers have no length; --normalize is for vectors"));
  }
  NESTOR_ASSIGN_OR_RETURN(*written,
                          Part(options, ints.rows, ints.columns, MatrixShape::Kind::kInts));
  NESTOR_ASSIGN_OR_RETURN(const std::unique_ptr<MatrixWriter> writer,
                          MatrixWriter::Create(options.out, *written));
  std::vector<int32_t> row(written->columns);
  for (uint64_t r = 0; r < written->rows; ++r) {
    for (uint32_t c = 0; c < written->columns; ++c) {
      row[c] = static_cast<int32_t>(ints.At(r, c));
      if (row[c] != ints.At(r, c)) {
        return absl::InvalidArgumentError(
            absl::StrCat(options.in, ": row ", r, " has ", ints.At(r, c), ", which is no int32"));
      }
    }
    NESTOR_RETURN_IF_ERROR(writer->AppendInts(row));
  }
  return FinishMarked(source_mark, options.out, *writer);
}

absl::StatusOr<std::string> CopyHdf5(const ConvertOptions& options, const SourceMark& source_mark,
                                     MatrixShape* written) {
  NESTOR_ASSIGN_OR_RETURN(
      std::unique_ptr<Hdf5Dataset> dataset,
      Hdf5Dataset::Open(options.in, options.dataset.empty() ? "train" : options.dataset));
  if (!dataset->has_ints() || HasVectorSuffix(options.out)) {
    Hdf5Source source(std::move(dataset));
    return CopyVectors(options, source_mark, source, written);
  }
  if (dataset->rows() > kMaxInts / dataset->columns()) {
    return absl::InvalidArgumentError(absl::StrCat(options.in, ": ", dataset->rows(), " x ",
                                                   dataset->columns(), " integers exceed ",
                                                   kMaxInts));
  }
  IntMatrix ints{dataset->rows(), dataset->columns(), {}};
  ints.values.resize(ints.rows * ints.columns);
  NESTOR_RETURN_IF_ERROR(dataset->ReadInts(0, ints.rows, ints.values.data()));
  return CopyInts(options, source_mark, ints, written);
}

absl::StatusOr<std::string> Copy(const ConvertOptions& options, const SourceMark& source_mark,
                                 MatrixShape* written) {
  if (IsHdf5(options.in)) return CopyHdf5(options, source_mark, written);
  if (!options.dataset.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.in, ": --dataset is for HDF5 files (.hdf5, .h5)"));
  }
  NESTOR_ASSIGN_OR_RETURN(const bool is_ints, IsIntFile(options.in));
  if (is_ints) {
    NESTOR_ASSIGN_OR_RETURN(const IntMatrix ints, ReadIntMatrix(options.in));
    return CopyInts(options, source_mark, ints, written);
  }
  NESTOR_ASSIGN_OR_RETURN(const std::unique_ptr<VectorSource> source, OpenVectorSource(options.in));
  return CopyVectors(options, source_mark, *source, written);
}

}  // namespace

absl::Status Convert(const ConvertOptions& options, Console& console) {
  MatrixShape written;
  NESTOR_ASSIGN_OR_RETURN(const SourceMark source_mark, FindGeneratedMark(options.in));
  NESTOR_ASSIGN_OR_RETURN(const std::string hash, Copy(options, source_mark, &written));
  console.out << options.out << ": " << written.rows << " rows x " << written.columns
              << (written.kind == MatrixShape::Kind::kInts ? " integers" : " dims") << ", content "
              << hash << std::endl;
  return absl::OkStatus();
}

}  // namespace nestor::bench
