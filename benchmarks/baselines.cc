#include "benchmarks/baselines.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "benchmarks/faiss_ivf_index.h"
#include "benchmarks/hnswlib_index.h"
#include "benchmarks/row_scorer.h"
#include "benchmarks/stopwatch.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr size_t kEf[] = {10, 16, 32, 64, 128, 256, 512};
constexpr size_t kShortlists[] = {10, 20, 50, 100, 200, 400, 800};
constexpr size_t kEfOfShortlist[] = {1, 2};  // ef in shortlists
constexpr size_t kIvfShortlists[] = {50, 200, 800};
constexpr size_t kNprobe[] = {1, 2, 4, 8, 16, 32, 64, 128, 256};

double VectorBytes(const FloatMatrix& rows) { return static_cast<double>(rows.dims) * 4; }

double PerRow(size_t bytes, const FloatMatrix& rows) {
  return static_cast<double>(bytes) / static_cast<double>(rows.rows);
}

}  // namespace

Method ExactScan(const FloatMatrix& rows, Metric metric, size_t limit) {
  auto scorer = std::make_shared<RowScorer>(rows, metric, limit);
  Method method{"exact", {}, {}};
  method.cost.resident_bytes_per_vector = VectorBytes(rows);
  method.variants.push_back(
      {"float32", Json::object(), OneByOne([scorer](const float* query, RowIds* answer) {
         scorer->Scan(query, answer);
         return absl::OkStatus();
       })});
  return method;
}

absl::StatusOr<Method> HnswlibFull(const FloatMatrix& rows, Metric metric, size_t limit,
                                   int threads) {
  const Stopwatch build;
  NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<HnswlibIndex> index,
                          HnswlibIndex::Build(rows, metric, {.threads = threads}));
  Method method{"hnsw_full", {build.Seconds(), PerRow(index->MemoryBytes(), rows)}, {}};
  for (const size_t ef : kEf) {
    if (ef < limit) continue;
    method.variants.push_back({absl::StrCat("ef ", ef),
                               {{"ef", ef}},
                               OneByOne([index, limit, ef](const float* query, RowIds* answer) {
                                 return index->Search(query, limit, ef, answer);
                               })});
  }
  return method;
}

absl::StatusOr<Method> HnswlibPrefix(const FloatMatrix& rows, size_t prefix_dims, Metric metric,
                                     size_t limit, int threads) {
  const Stopwatch build;
  NESTOR_ASSIGN_OR_RETURN(
      const std::shared_ptr<HnswlibIndex> index,
      HnswlibIndex::Build(Prefixes(rows, prefix_dims, metric), metric, {.threads = threads}));
  const double bytes = PerRow(index->MemoryBytes(), rows) + VectorBytes(rows);
  Method method{"hnsw_prefix", {build.Seconds(), bytes}, {}};
  auto scorer = std::make_shared<RowScorer>(rows, metric, limit);
  for (const size_t factor : kEfOfShortlist) {
    for (const size_t size : kShortlists) {
      if (size < limit) continue;
      const size_t ef = factor * size;
      method.variants.push_back(
          {absl::StrCat("K ", size, " ef ", ef),
           {{"prefix_dims", prefix_dims}, {"shortlist", size}, {"ef", ef}},
           OneByOne([index, scorer, size, ef](const float* query, RowIds* answer) {
             // For cosine the length of the query's prefix changes no order.
             NESTOR_RETURN_IF_ERROR(index->Search(query, size, ef, answer));
             scorer->Rerank(query, *answer, answer);
             return absl::OkStatus();
           })});
    }
  }
  return method;
}

absl::StatusOr<Method> FaissIvfPrefix(const FloatMatrix& rows, size_t prefix_dims, Metric metric,
                                      size_t limit, int threads) {
  const Stopwatch build;
  NESTOR_ASSIGN_OR_RETURN(
      const std::shared_ptr<FaissIvfIndex> index,
      FaissIvfIndex::Build(Prefixes(rows, prefix_dims, metric), metric, {.threads = threads}));
  const double bytes = PerRow(index->MemoryBytes(), rows) + VectorBytes(rows);
  Method method{"ivf_prefix", {build.Seconds(), bytes}, {}};
  auto scorer = std::make_shared<RowScorer>(rows, metric, limit);
  for (const size_t size : kIvfShortlists) {
    for (const size_t nprobe : kNprobe) {
      if (size < limit || nprobe > index->lists()) continue;
      method.variants.push_back(
          {absl::StrCat("K ", size, " nprobe ", nprobe),
           {{"prefix_dims", prefix_dims},
            {"lists", index->lists()},
            {"shortlist", size},
            {"nprobe", nprobe}},
           OneByOne([index, scorer, size, nprobe](const float* query, RowIds* answer) {
             NESTOR_RETURN_IF_ERROR(index->Search(query, size, nprobe, answer));
             scorer->Rerank(query, *answer, answer);
             return absl::OkStatus();
           })});
    }
  }
  return method;
}

}  // namespace nestor::bench
