#ifndef NESTOR_BENCHMARKS_TRUTH_NEIGHBOUR_FINDER_H_
#define NESTOR_BENCHMARKS_TRUTH_NEIGHBOUR_FINDER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "benchmarks/answers.h"
#include "benchmarks/float_matrix.h"
#include "benchmarks/top_rows.h"
#include "benchmarks/truth/float_bound.h"
#include "engine/metric.h"

namespace nestor::bench {

// Finds the rows that brute force in double finds (benchmarks/truth/exact_score.h, equal scores by
// lower row), at the speed of a matrix product in float: dot products of many queries with many
// rows come from OpenBLAS, and only rows that could be among the best, by a bound on the error
// (benchmarks/truth/float_bound.h), are scored in double. Rows are given block by block, so the
// base need not be in memory.
//
//   NeighbourFinder finder(queries, Metric::kCosine, 100, threads);
//   while (more) finder.Add(block, count);
//   Answers answers = finder.Take();
//
// `queries` must outlive this. OpenBLAS is set to one thread, for the whole process; each of our
// threads calls it.
//
// Thread safety: none.
class NeighbourFinder {
 public:
  // REQUIRES: limit > 0, threads > 0.
  NeighbourFinder(const FloatMatrix& queries, Metric metric, size_t limit, int threads);

  // The next `count` rows of the base, finite, and not zero for cosine. The first are rows 0, 1,
  // ...
  void Add(const float* rows, size_t count);

  // For each query its best rows, `limit` of them or all there are; call once.
  Answers Take();

 private:
  // Rows of a block with their norms; `first` is what the first is in the base.
  struct Tile {
    const float* rows = nullptr;
    const double* norms = nullptr;
    size_t count = 0;
    uint64_t first = 0;
    double longest = 0;  // norm
  };

  void FillNorms(const float* rows, size_t count);
  // Offers all rows of a block to queries begin to end.
  void Search(const float* rows, size_t count, size_t begin, size_t end);
  void Offer(const Tile& tile, const float* dots, size_t query);
  template <typename Work>
  void OnAllThreads(Work work) const;

  const FloatMatrix& queries_;
  const Metric metric_;
  const int threads_;
  size_t group_ = 1;  // queries in one matrix product
  std::vector<double> query_norms_;
  std::vector<TopRows> best_;  // for each query
  std::vector<double> norms_;  // of the block's rows
  uint64_t rows_done_ = 0;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_TRUTH_NEIGHBOUR_FINDER_H_
