#include "benchmarks/demo_data.h"

#include <filesystem>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/input_file.h"
#include "client/json.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

absl::StatusOr<DemoQuery> ParseQuery(absl::string_view line) {
  const Json json = Json::parse(line.begin(), line.end(), nullptr, /*allow_exceptions=*/false);
  const auto is_string = [&](const char* field) {
    return json.is_object() && json.contains(field) && json[field].is_string();
  };
  if (!is_string("text") || !is_string("answer")) {
    return absl::InvalidArgumentError("is no object with the strings text and answer");
  }
  return DemoQuery{json["text"].get<std::string>(), json["answer"].get<std::string>(), {}};
}

absl::StatusOr<std::vector<DemoQuery>> ReadTexts(const std::string& path) {
  NESTOR_ASSIGN_OR_RETURN(LineReader lines, LineReader::Open(path));
  std::vector<DemoQuery> queries;
  while (true) {
    NESTOR_ASSIGN_OR_RETURN(const std::optional<absl::string_view> line, lines.Next());
    if (!line.has_value()) return queries;
    absl::StatusOr<DemoQuery> query = ParseQuery(*line);
    if (!query.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ":", lines.line(), ": ", query.status().message()));
    }
    queries.push_back(*std::move(query));
  }
}

absl::Status AddVectors(const VectorFile& file, std::vector<DemoQuery>* queries) {
  if (file.rows() != queries->size() || queries->empty()) {
    return absl::InvalidArgumentError(absl::StrCat(file.path(), " has ", file.rows(),
                                                   " vectors for ", queries->size(), " texts"));
  }
  for (size_t q = 0; q < queries->size(); ++q) {
    NESTOR_ASSIGN_OR_RETURN(std::string packed, file.ReadRows(q, 1));
    v1::Vector& vector = (*queries)[q].vector;
    vector.set_packed(std::move(packed));
    vector.set_encoding(file.encoding());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DemoData> ReadDemoData(const std::string& directory) {
  const std::filesystem::path folder(directory);
  NESTOR_ASSIGN_OR_RETURN(VectorFile vectors, VectorFile::Open((folder / "vectors.npy").string()));
  NESTOR_ASSIGN_OR_RETURN(std::vector<DemoQuery> queries,
                          ReadTexts((folder / "queries.jsonl").string()));
  NESTOR_ASSIGN_OR_RETURN(const VectorFile query_vectors,
                          VectorFile::Open((folder / "queries.npy").string()));
  if (query_vectors.dims() != vectors.dims()) {
    return absl::InvalidArgumentError(absl::StrCat(query_vectors.path(), " has ",
                                                   query_vectors.dims(), " dims, ", vectors.path(),
                                                   " has ", vectors.dims()));
  }
  NESTOR_RETURN_IF_ERROR(AddVectors(query_vectors, &queries));
  return DemoData{std::move(vectors), (folder / "payloads.jsonl").string(), std::move(queries)};
}

}  // namespace nestor::bench
