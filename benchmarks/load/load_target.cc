#include "benchmarks/load/load_target.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "benchmarks/ground_truth.h"
#include "benchmarks/load/rank_payload.h"
#include "benchmarks/load/true_neighbours.h"
#include "client/vector_file.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

Metric MetricOf(const v1::Collection& collection) {
  switch (collection.metric()) {
    case v1::Collection::DOT:
      return Metric::kDot;
    case v1::Collection::L2:
      return Metric::kL2;
    default:
      return Metric::kCosine;
  }
}

absl::Status CheckOptions(const LoadTargetOptions& options) {
  if (!options.base.empty()) return absl::OkStatus();
  if (options.truth.empty()) {
    return absl::InvalidArgumentError(
        "recall is measured with the load: --truth or --base must say what is true");
  }
  if (options.mix.HasWrites()) return absl::InvalidArgumentError("--mix with writes needs --base");
  if (options.filter.has_value()) return absl::InvalidArgumentError("--filter needs --base");
  return absl::OkStatus();
}

absl::Status CheckDims(const std::string& path, const v1::Collection& collection) {
  NESTOR_ASSIGN_OR_RETURN(const VectorFile file, VectorFile::Open(path));
  if (file.dims() == collection.dims()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(path, " has ", file.dims(), " dims, collection ",
                                                 collection.name(), " has ", collection.dims()));
}

// Reads nothing large: what does not fit is found before it takes time.
absl::Status CheckFiles(const LoadTargetOptions& options, const LoadTarget& target) {
  NESTOR_RETURN_IF_ERROR(CheckDims(options.queries, target.collection));
  if (options.base.empty()) return absl::OkStatus();
  NESTOR_RETURN_IF_ERROR(CheckDims(options.base, target.collection));
  NESTOR_ASSIGN_OR_RETURN(const VectorFile base, VectorFile::Open(options.base));
  const uint64_t rows = options.rows == 0 ? base.rows() : std::min(options.rows, base.rows());
  if (rows == target.stats.points()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      options.base, " has ", rows, " rows, collection ", options.collection, " has ",
      target.stats.points(), " points: load it from this file, or choose with --rows"));
}

// Without a base, what is about it stays empty.
absl::StatusOr<DataIdentity> Identify(const LoadTargetOptions& options) {
  if (!options.base.empty()) return IdentifyData(options.base, options.queries);
  NESTOR_ASSIGN_OR_RETURN(DataIdentity data, IdentifyData(options.queries, options.queries));
  data.base.clear();
  data.base_hash.clear();
  return data;
}

absl::Status CheckSizes(const LoadTargetOptions& options, const LoadTarget& target) {
  if (target.rows == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("collection ", options.collection, " is empty: there is nothing to search"));
  }
  if (target.data.query_count == 0) {
    return absl::InvalidArgumentError(absl::StrCat(options.queries, " has no rows"));
  }
  return absl::OkStatus();
}

void ChooseChurn(const LoadTargetOptions& options, LoadTarget* target) {
  target->mix = options.mix;
  const uint32_t pool =
      options.mix.HasWrites() ? RowsKept(target->rows, options.churn) : uint32_t{0};
  target->first_churned = target->rows - pool;
}

void MakeSearches(const FloatMatrix& queries, bool estimated_scores, LoadTarget* target) {
  for (size_t q = 0; q < queries.rows; ++q) {
    v1::SearchRequest& request = target->searches.emplace_back();
    request.set_collection(target->collection.name());
    request.set_limit(target->limit);
    request.mutable_vector()->set_packed(queries.Row(q), queries.dims * sizeof(float));
    request.set_estimated_scores(estimated_scores);
    if (target->kept.has_value()) *request.mutable_filter() = RankFilter(*target->kept);
  }
}

absl::Status ReadVectors(const LoadTargetOptions& options, LoadTarget* target, std::ostream& log) {
  NESTOR_ASSIGN_OR_RETURN(const FloatMatrix queries,
                          ReadFloatMatrix(options.queries, 0, target->metric));
  const bool needs_base =
      options.truth.empty() || options.filter.has_value() || options.mix.HasWrites();
  if (needs_base) {
    NESTOR_ASSIGN_OR_RETURN(target->base,
                            ReadFloatMatrix(options.base, target->rows, target->metric));
    target->ranks = RanksOfRows(target->rows);
  }
  if (options.filter.has_value()) target->kept = RowsKept(target->rows, *options.filter);
  MakeSearches(queries, options.estimated_scores, target);
  TrueNeighbourOptions truth{.truth = options.filter.has_value() ? "" : options.truth,
                             .metric = target->metric,
                             .limit = options.limit,
                             .kept = target->kept};
  NESTOR_ASSIGN_OR_RETURN(
      const std::vector<ScoredNeighbours> neighbours,
      FindTrueNeighbours(truth, target->data, target->base, target->ranks, queries, log));
  const bool churns = target->first_churned < target->rows;
  target->truth =
      TruthSet(neighbours, options.limit, churns ? target->first_churned : TruthSet::kNoChurn);
  // Searches need the base no more, and its memory is the server's if both share a machine.
  if (!options.mix.HasWrites()) target->base = {};
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<LoadTarget>> OpenLoadTarget(const LoadTargetOptions& options,
                                                           const Client& client,
                                                           std::ostream& log) {
  NESTOR_RETURN_IF_ERROR(CheckOptions(options));
  auto target = std::make_unique<LoadTarget>();
  NESTOR_ASSIGN_OR_RETURN(target->collection,
                          DescribeCollection(options.server, options.collection, client));
  v1::GetCollectionStatsRequest request;
  request.set_name(options.collection);
  NESTOR_ASSIGN_OR_RETURN(target->stats, client.GetCollectionStats(request));
  target->metric = MetricOf(target->collection);
  target->limit = options.limit;
  target->rows = static_cast<uint32_t>(target->stats.points());
  NESTOR_RETURN_IF_ERROR(CheckFiles(options, *target));
  NESTOR_ASSIGN_OR_RETURN(target->data, Identify(options));
  target->data.rows = target->rows;  // those that were loaded
  NESTOR_RETURN_IF_ERROR(CheckSizes(options, *target));
  ChooseChurn(options, target.get());
  NESTOR_RETURN_IF_ERROR(ReadVectors(options, target.get(), log));
  return target;
}

absl::StatusOr<v1::Collection> DescribeCollection(const std::string& server,
                                                  const std::string& name, const Client& client) {
  v1::GetCollectionRequest request;
  request.set_name(name);
  absl::StatusOr<v1::Collection> collection = client.GetCollection(request);
  if (absl::IsUnavailable(collection.status())) {
    return absl::UnavailableError(absl::StrCat("no server answers at ", server, " (",
                                               collection.status().message(),
                                               "); start one with: nestord --grpc ", server));
  }
  if (absl::IsNotFound(collection.status())) {
    return absl::NotFoundError(absl::StrCat("the server at ", server, " has no collection '", name,
                                            "'; make it with: nestor-bench load --collection ",
                                            name, " --base FILE --create"));
  }
  return collection;
}

Json LoadedCollectionJson(const v1::Collection& collection, const v1::CollectionStats& stats) {
  Json json = CollectionToJson(collection);
  json.update(CollectionStatsToJson(stats));
  return json;
}

}  // namespace nestor::bench
