#ifndef NESTOR_BENCHMARKS_GEN_GENERATE_H_
#define NESTOR_BENCHMARKS_GEN_GENERATE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "benchmarks/command_line.h"
#include "benchmarks/data_files/matrix_writer.h"
#include "benchmarks/gen/point_maker.h"

namespace nestor::bench {

struct GenOptions {
  std::string profile;
  uint64_t rows = 0;
  uint32_t dims = 0;
  uint64_t queries = 0;
  uint64_t seed = 1;
  bool rotated = false;  // see PointMaker
  std::string out;       // a folder, made if it is missing
};

inline constexpr uint64_t kMaxGenRows = 2'147'483'647;  // row numbers are int32 in files of truth

// How the work is cut; it changes no number.
struct GenParallelism {
  int threads = 1;
  size_t block_rows = 1;  // made by all threads, then written
};

// Writes points 0 .. count - 1 and their labels. `progress` hears how many are done.
absl::Status WritePoints(const PointMaker& maker, GenRole role, uint64_t count,
                         const GenParallelism& parallelism,
                         const std::function<void(uint64_t)>& progress, MatrixWriter& vectors,
                         MatrixWriter& labels);

// Writes into the folder base.npy and queries.npy (float32, rows x dims), base_labels.npy and
// query_labels.npy (int32), and gen.json, which says that the data is synthetic and how it was made
// (benchmarks/data_files/generated_mark.h). All cores; some tens of MiB beside the class means.
//
// INVALID_ARGUMENT for an unknown profile; otherwise the errors of
// benchmarks/data_files/output_file.h.
absl::Status Generate(const GenOptions& options, Console& console);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_GEN_GENERATE_H_
