#ifndef NESTOR_BENCHMARKS_TRUTH_FILE_H_
#define NESTOR_BENCHMARKS_TRUTH_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "benchmarks/answers.h"
#include "benchmarks/command_line.h"
#include "benchmarks/data_identity.h"
#include "engine/metric.h"

namespace nestor::bench {

// True neighbours as a file of integers (benchmarks/int_file.h), for each query a row of rows of
// the base, nearest first. Beside one that `truth` wrote lies a document that says which data it is
// true for:
//
//   truth.npy.json   {"format":1,"command":"truth",...,"data":{...},"limit":100,"content_hash":..}

// The first `limit` columns for the first data.query_count queries. INVALID_ARGUMENT naming the
// file and both numbers when it has fewer of either, or names a row that is not below data.rows
// (because only part of the base is used, for example); and, where the document is there, when it
// is about another file, another metric or files with other hashes; an empty data.base_hash is not
// compared.
absl::StatusOr<Answers> ReadTruth(const std::string& path, const DataIdentity& data, Metric metric,
                                  size_t limit);

// Writes both files. `answers` has equally many rows for each query, one query at least. The errors
// of benchmarks/data_files/matrix_writer.h and WriteJsonFile.
absl::Status WriteTruth(const std::string& path, const Answers& answers, const DataIdentity& data,
                        Metric metric, const Console& console);

// INVALID_ARGUMENT when WriteTruth knows no format for the suffix.
absl::Status CheckTruthPath(const std::string& path);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_TRUTH_FILE_H_
