#ifndef NESTOR_BENCHMARKS_DATA_IDENTITY_H_
#define NESTOR_BENCHMARKS_DATA_IDENTITY_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "client/json.h"
#include "engine/metric.h"

namespace nestor::bench {

// Which data a measurement is about: enough to say later whether two were about the same.
struct DataIdentity {
  std::string base;  // paths
  std::string queries;
  uint64_t rows = 0;  // of the base
  uint64_t dims = 0;
  uint64_t query_count = 0;
  std::string base_hash;  // XXH3-128 of the files (benchmarks/data_files/content_hash.h)
  std::string queries_hash;
  std::optional<Json> generated;  // what `gen` says of the base, when it made it
};

// What documents and tables call a file: its path without the directories.
std::string FileName(const std::string& path);

// Reads both files once from end to end. INVALID_ARGUMENT when they differ in dims, naming both;
// otherwise the errors of benchmarks/data_files/vector_source.h and
// benchmarks/data_files/generated_mark.h.
absl::StatusOr<DataIdentity> IdentifyData(const std::string& base, const std::string& queries);

// The field "data" of a document:
//
//   {"base":"base.npy","queries":"queries.npy","rows":1000,"dims":64,"query_count":10,
//    "metric":"cosine","base_hash":"...","queries_hash":"...","synthetic":true,
//    "profile":"imagenet","seed":1}          the last two for synthetic data only
Json DataJson(const DataIdentity& data, Metric metric);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_DATA_IDENTITY_H_
