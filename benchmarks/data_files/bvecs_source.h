#ifndef NESTOR_BENCHMARKS_DATA_FILES_BVECS_SOURCE_H_
#define NESTOR_BENCHMARKS_DATA_FILES_BVECS_SOURCE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "benchmarks/data_files/vector_source.h"

namespace nestor::bench {

// A .bvecs file: for each row u32 dims, little-endian, then dims bytes. INVALID_ARGUMENT when it is
// empty, its dims are not in 1 to kMaxFileDims (client/vector_file.h) or its size is no multiple of
// a row; a row of other dims is found when it is read.
absl::StatusOr<std::unique_ptr<VectorSource>> OpenBvecs(const std::string& path);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_DATA_FILES_BVECS_SOURCE_H_
