#include "benchmarks/paper/prefix_search.h"

#include <cblas.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "benchmarks/math_threads.h"
#include "benchmarks/top_rows.h"
#include "engine/kernels/kernel_table.h"

namespace nestor::bench {
namespace {

constexpr size_t kRowsInOneBlock = 1024;
constexpr size_t kQueriesInOneTask = 512;  // their products with a block are 2 MiB

// Answers the queries first to last.
class SearchTask {
 public:
  SearchTask(const PrefixSpace& base, const PrefixSpace& queries, size_t size, size_t first,
             size_t last)
      : base_(base),
        queries_(queries),
        first_(first),
        count_(last - first),
        best_(base.levels(), std::vector<TopRows>(count_, TopRows(size))),
        products_(count_ * kRowsInOneBlock) {}

  void Run(std::vector<LevelNeighbours>* result) {
    for (size_t row = 0; row < base_.rows(); row += kRowsInOneBlock) {
      const size_t rows = std::min(kRowsInOneBlock, base_.rows() - row);
      for (size_t level = 0; level < base_.levels(); ++level) {
        Multiply(level, row, rows);
        Offer(level, row, rows);
      }
    }
    for (size_t level = 0; level < base_.levels(); ++level) {
      for (size_t q = 0; q < count_; ++q) {
        Neighbours& neighbours = (*result)[level][first_ + q];
        best_[level][q].Take(&neighbours.rows, &neighbours.cosines);
      }
    }
  }

 private:
  // Adds what the dims of this level have beyond the level below.
  void Multiply(size_t level, size_t row, size_t rows) {
    const size_t begin = level == 0 ? 0 : base_.dims(level - 1);
    const auto stride = static_cast<int>(base_.full_dims());
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(count_),
                static_cast<int>(rows), static_cast<int>(base_.dims(level) - begin), 1.0f,
                queries_.matrix().Row(first_) + begin, stride, base_.matrix().Row(row) + begin,
                stride, level == 0 ? 0.0f : 1.0f, products_.data(),
                static_cast<int>(kRowsInOneBlock));
  }

  void Offer(size_t level, size_t row, size_t rows) {
    const float* row_norms = base_.InverseNorms(level) + row;
    const float* query_norms = queries_.InverseNorms(level) + first_;
    for (size_t q = 0; q < count_; ++q) {
      const float* products = &products_[q * kRowsInOneBlock];
      TopRows& best = best_[level][q];
      for (size_t i = 0; i < rows; ++i) {
        best.Offer(products[i] * row_norms[i] * query_norms[q], static_cast<uint32_t>(row + i));
      }
    }
  }

  const PrefixSpace& base_;
  const PrefixSpace& queries_;
  const size_t first_;
  const size_t count_;
  std::vector<std::vector<TopRows>> best_;  // [level][query]
  std::vector<float> products_;             // of the block, a row for each query
};

}  // namespace

std::vector<LevelNeighbours> SearchPrefixes(const PrefixSpace& base, const PrefixSpace& queries,
                                            size_t size, int threads) {
  SetMathThreads(1);  // the threads are ours
  std::vector<LevelNeighbours> result(base.levels(), LevelNeighbours(queries.rows()));
  const size_t share = (queries.rows() + static_cast<size_t>(threads) - 1) / threads;
  const size_t task = std::clamp<size_t>(share, 1, kQueriesInOneTask);
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t first; (first = next.fetch_add(task)) < queries.rows();) {
      SearchTask(base, queries, size, first, std::min(first + task, queries.rows())).Run(&result);
    }
  };
  std::vector<std::thread> helpers;
  for (int i = 1; i < threads; ++i) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();
  return result;
}

RowIds RankByPrefix(const PrefixSpace& base, const float* query, const RowIds& rows, size_t level,
                    size_t keep) {
  const FloatMatrix& matrix = base.matrix();
  std::vector<float> products(rows.size());
  kernels::Kernels().dot_f32(query, {matrix.values.data(), matrix.dims}, {rows.data(), rows.size()},
                             base.dims(level), products.data());
  TopRows best(keep);
  for (size_t i = 0; i < rows.size(); ++i) {
    best.Offer(products[i] * base.InverseNorms(level)[rows[i]], rows[i]);
  }
  RowIds ranked;
  best.Take(&ranked);
  return ranked;
}

}  // namespace nestor::bench
