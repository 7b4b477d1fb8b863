#include "benchmarks/truth_file.h"

#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/data_files/content_hash.h"
#include "benchmarks/data_files/matrix_writer.h"
#include "benchmarks/int_file.h"
#include "benchmarks/json_file.h"
#include "benchmarks/report/fields.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

absl::Status CheckDocument(const std::string& path, const DataIdentity& data, Metric metric) {
  const absl::StatusOr<Json> document = ReadJsonFile(path + ".json");
  if (absl::IsNotFound(document.status())) return absl::OkStatus();
  NESTOR_RETURN_IF_ERROR(document.status());
  NESTOR_ASSIGN_OR_RETURN(const std::string hash, HashFile(path));
  if (Field(*document, "content_hash") != hash) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ".json is about another file: its content_hash is '",
        Readable(Field(*document, "content_hash")), "', that of ", path, " is '", hash, "'"));
  }
  const auto check = [&](const char* name, absl::string_view used, const std::string& file) {
    const std::string found = Text(Field(*document, "data"), name);
    if (found == used) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(path, " is for other data: its ", name, " is '",
                                                   found, "', that of ", file, " is '", used, "'"));
  };
  if (!data.base_hash.empty()) {
    NESTOR_RETURN_IF_ERROR(check("base_hash", data.base_hash, data.base));
  }
  NESTOR_RETURN_IF_ERROR(check("queries_hash", data.queries_hash, data.queries));
  return check("metric", MetricName(metric), "this command");
}

}  // namespace

absl::StatusOr<Answers> ReadTruth(const std::string& path, const DataIdentity& data, Metric metric,
                                  size_t limit) {
  NESTOR_ASSIGN_OR_RETURN(const IntMatrix truth, ReadIntMatrix(path));
  NESTOR_RETURN_IF_ERROR(CheckDocument(path, data, metric));
  if (truth.rows < data.query_count || truth.columns < limit) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is ", truth.rows, " x ", truth.columns,
                                                   "; ", data.query_count, " queries x ", limit,
                                                   " neighbours are needed"));
  }
  Answers answers(data.query_count);
  for (size_t q = 0; q < answers.size(); ++q) {
    for (size_t i = 0; i < limit; ++i) {
      const int64_t row = truth.At(q, i);
      if (row < 0 || static_cast<uint64_t>(row) >= data.rows) {
        return absl::InvalidArgumentError(absl::StrCat(path, ": query ", q, " has neighbour ", row,
                                                       "; the base has ", data.rows, " rows"));
      }
      answers[q].push_back(static_cast<uint32_t>(row));
    }
  }
  return answers;
}

absl::Status WriteTruth(const std::string& path, const Answers& answers, const DataIdentity& data,
                        Metric metric, const Console& console) {
  NESTOR_RETURN_IF_ERROR(CheckTruthPath(path));
  const size_t limit = answers.front().size();
  NESTOR_ASSIGN_OR_RETURN(const std::unique_ptr<MatrixWriter> writer,
                          MatrixWriter::Create(path, {answers.size(), static_cast<uint32_t>(limit),
                                                      MatrixShape::Kind::kInts}));
  for (const RowIds& rows : answers) {
    NESTOR_RETURN_IF_ERROR(writer->AppendInts(std::vector<int32_t>(rows.begin(), rows.end())));
  }
  // The document first: without its file it harms nobody, a file with an older document is refused.
  Json document = NewDocument("truth", console);
  document["data"] = DataJson(data, metric);
  document["limit"] = limit;
  document["content_hash"] = writer->Hash();
  NESTOR_RETURN_IF_ERROR(WriteJsonFile(path + ".json", document));
  return writer->Finish().status();
}

absl::Status CheckTruthPath(const std::string& path) {
  for (const char* suffix : {".npy", ".ivecs", ".ibin"}) {
    if (absl::EndsWith(path, suffix)) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": the name does not end in .npy, .ivecs or .ibin"));
}

}  // namespace nestor::bench
