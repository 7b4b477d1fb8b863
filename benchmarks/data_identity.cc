#include "benchmarks/data_identity.h"

#include <filesystem>
#include <memory>

#include "absl/strings/str_cat.h"
#include "benchmarks/data_files/content_hash.h"
#include "benchmarks/data_files/generated_mark.h"
#include "benchmarks/data_files/vector_source.h"
#include "storage/status_macros.h"

namespace nestor::bench {

std::string FileName(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

absl::StatusOr<DataIdentity> IdentifyData(const std::string& base, const std::string& queries) {
  NESTOR_ASSIGN_OR_RETURN(const std::unique_ptr<VectorSource> base_file, OpenVectorSource(base));
  NESTOR_ASSIGN_OR_RETURN(const std::unique_ptr<VectorSource> queries_file,
                          OpenVectorSource(queries));
  if (base_file->dims() != queries_file->dims()) {
    return absl::InvalidArgumentError(absl::StrCat(base, " has ", base_file->dims(), " dims, ",
                                                   queries, " has ", queries_file->dims()));
  }
  DataIdentity data;
  data.base = base;
  data.queries = queries;
  data.rows = base_file->rows();
  data.dims = base_file->dims();
  data.query_count = queries_file->rows();
  NESTOR_ASSIGN_OR_RETURN(data.base_hash, HashFile(base));
  NESTOR_ASSIGN_OR_RETURN(data.queries_hash, HashFile(queries));
  NESTOR_ASSIGN_OR_RETURN(data.generated, FindGeneratedMark(base, data.base_hash));
  return data;
}

Json DataJson(const DataIdentity& data, Metric metric) {
  Json json = {{"base", FileName(data.base)},
               {"queries", FileName(data.queries)},
               {"rows", data.rows},
               {"dims", data.dims},
               {"query_count", data.query_count},
               {"metric", std::string(MetricName(metric))},
               {"base_hash", data.base_hash},
               {"queries_hash", data.queries_hash},
               {"synthetic", data.generated.has_value()}};
  if (!data.generated) return json;
  for (const char* name : {"profile", "seed"}) {
    if (data.generated->contains(name)) json[name] = (*data.generated)[name];
  }
  return json;
}

}  // namespace nestor::bench
