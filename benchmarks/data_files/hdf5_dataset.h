#ifndef NESTOR_BENCHMARKS_DATA_FILES_HDF5_DATASET_H_
#define NESTOR_BENCHMARKS_DATA_FILES_HDF5_DATASET_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace nestor::bench {

// A table of numbers in an HDF5 file, as ann-benchmarks (github.com/erikbern/ann-benchmarks) keeps
// them: 2-D, floats in "train", "test" and "distances", integers in "neighbors". Numbers of other
// widths are converted by the library, which is known to this folder's hdf5_dataset.cc alone.
//
// Thread safety: none, and the library has none: one thread of the process at a time.
class Hdf5Dataset {
 public:
  // INVALID_ARGUMENT names the file, the data set and what is wrong: not HDF5, or damaged; no such
  // data set (those at the top of the file are listed); other than two axes; neither floats nor
  // integers; sizes beyond the limits, or more than the file holds; numbers kept in another file.
  // A missing file is NOT_FOUND.
  static absl::StatusOr<std::unique_ptr<Hdf5Dataset>> Open(const std::string& path,
                                                           const std::string& name);
  ~Hdf5Dataset();
  Hdf5Dataset(const Hdf5Dataset&) = delete;
  Hdf5Dataset& operator=(const Hdf5Dataset&) = delete;

  uint64_t rows() const { return rows_; }
  uint32_t columns() const { return columns_; }
  bool has_ints() const { return has_ints_; }

  // Rows first .. first + count - 1 into out[0 .. count * columns()). INVALID_ARGUMENT when the
  // library cannot read them, which means damage. REQUIRES: first + count <= rows().
  absl::Status ReadFloats(uint64_t first, uint64_t count, float* out);
  absl::Status ReadInts(uint64_t first, uint64_t count, int64_t* out);

 private:
  struct Handles;

  Hdf5Dataset(std::unique_ptr<Handles> handles, const std::string& path, const std::string& name);

  absl::Status ReadSizes();
  absl::Status ReadType();
  absl::Status CheckStorage();
  absl::Status CheckChunks(int64_t creation);
  absl::Status Read(uint64_t first, uint64_t count, int64_t type, void* out);
  absl::Status Bad(const std::string& what) const;

  const std::unique_ptr<Handles> handles_;
  const std::string path_;
  const std::string name_;
  uint64_t rows_ = 0;
  uint32_t columns_ = 0;
  uint64_t number_bytes_ = 0;  // of one number in the file
  bool has_ints_ = false;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_DATA_FILES_HDF5_DATASET_H_
