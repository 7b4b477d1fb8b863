#include "benchmarks/ground_truth.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "benchmarks/int_file.h"
#include "benchmarks/top_rows.h"
#include "engine/kernels/kernel_table.h"
#include "engine/vector_math.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr size_t kBlockBytes = size_t{512} << 10;  // of the base: about half a second-level cache
constexpr size_t kQueriesInOneTask = 16;

// Answers queries first to last.
void SearchSome(const ExactScorer& scorer, const FloatMatrix& base, const FloatMatrix& queries,
                size_t limit, size_t first, size_t last, Answers* answers) {
  std::vector<TopRows> best(last - first, TopRows(limit));
  const size_t block = std::max<size_t>(1, kBlockBytes / (base.dims * sizeof(float)));
  for (size_t begin = 0; begin < base.rows; begin += block) {
    const size_t end = std::min(begin + block, base.rows);
    for (size_t q = first; q < last; ++q) {
      for (size_t row = begin; row < end; ++row) {
        best[q - first].Offer(scorer.Score(queries.Row(q), row), static_cast<uint32_t>(row));
      }
    }
  }
  for (size_t q = first; q < last; ++q) best[q - first].Take(&(*answers)[q]);
}

}  // namespace

ExactScorer::ExactScorer(const FloatMatrix& base, Metric metric) : base_(base), metric_(metric) {
  if (metric != Metric::kCosine) return;
  norms_.reserve(base.rows);
  for (size_t row = 0; row < base.rows; ++row) norms_.push_back(Norm(base.Row(row), base.dims));
}

// The query's own norm is left out of a cosine: it is the same for all rows.
double ExactScorer::Score(const float* query, size_t row) const {
  const kernels::KernelTable& table = kernels::Kernels();
  if (metric_ == Metric::kL2) return -table.l2_exact(query, base_.Row(row), base_.dims);
  const double dot = table.dot_exact(query, base_.Row(row), base_.dims);
  return metric_ == Metric::kCosine ? dot / norms_[row] : dot;
}

Answers ExactNeighbours(const ExactScorer& scorer, const FloatMatrix& base,
                        const FloatMatrix& queries, size_t limit, int threads) {
  Answers answers(queries.rows);
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t first; (first = next.fetch_add(kQueriesInOneTask)) < queries.rows;) {
      const size_t last = std::min(first + kQueriesInOneTask, queries.rows);
      SearchSome(scorer, base, queries, limit, first, last, &answers);
    }
  };
  std::vector<std::thread> helpers;
  for (int i = 1; i < threads; ++i) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();
  return answers;
}

RowIds ExactNeighboursAmong(const ExactScorer& scorer, const RowIds& rows, const float* query,
                            size_t limit) {
  TopRows best(limit);
  for (const uint32_t row : rows) best.Offer(scorer.Score(query, row), row);
  RowIds answer;
  best.Take(&answer);
  return answer;
}

absl::StatusOr<Answers> ReadNeighbours(const std::string& path, size_t queries, size_t rows,
                                       size_t limit) {
  NESTOR_ASSIGN_OR_RETURN(const IntMatrix truth, ReadIntMatrix(path));
  if (truth.rows < queries || truth.columns < limit) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is ", truth.rows, " x ", truth.columns,
                                                   "; ", queries, " queries x ", limit,
                                                   " neighbours are needed"));
  }
  Answers answers(queries);
  for (size_t q = 0; q < queries; ++q) {
    for (size_t i = 0; i < limit; ++i) {
      const int64_t row = truth.At(q, i);
      if (row < 0 || static_cast<uint64_t>(row) >= rows) {
        return absl::InvalidArgumentError(absl::StrCat(path, ": query ", q, " has neighbour ", row,
                                                       "; the base has ", rows, " rows"));
      }
      answers[q].push_back(static_cast<uint32_t>(row));
    }
  }
  return answers;
}

}  // namespace nestor::bench
