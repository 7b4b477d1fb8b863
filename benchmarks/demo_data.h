#ifndef NESTOR_BENCHMARKS_DEMO_DATA_H_
#define NESTOR_BENCHMARKS_DEMO_DATA_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/vector_file.h"
#include "nestor/v1/common.pb.h"

namespace nestor::bench {

// A question in words, the id of the point that answers it, and its vector.
struct DemoQuery {
  std::string text;
  std::string answer;
  v1::Vector vector;
};

// A folder of real data:
//
//   vectors.npy     the base
//   payloads.jsonl  line r belongs to row r: {"id": "...", "synopsis": "...", ...}
//   queries.npy     query vectors
//   queries.jsonl   line q belongs to query q: {"text": "...", "answer": "id of a point"}
struct DemoData {
  VectorFile vectors;
  std::string payloads_path;
  std::vector<DemoQuery> queries;
};

// The payloads are left on disk. InvalidArgumentError names file and line when something is
// malformed, or the files do not fit each other; otherwise the readers' errors.
absl::StatusOr<DemoData> ReadDemoData(const std::string& directory);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_DEMO_DATA_H_
