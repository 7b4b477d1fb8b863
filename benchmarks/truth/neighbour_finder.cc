#include "benchmarks/truth/neighbour_finder.h"

#include <cblas.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "benchmarks/truth/exact_score.h"
#include "engine/vector_math.h"

namespace nestor::bench {
namespace {

// A product of 256 queries with 512 rows: large enough that OpenBLAS reads each number from cache
// many times, small enough that the results are still in the second-level cache when they are
// looked at.
constexpr size_t kMaxGroup = 256;
constexpr size_t kTileRows = 512;
constexpr size_t kNormRows = 256;  // one thread's share at a time

size_t RoundedUp(size_t a, size_t b) { return (a + b - 1) / b; }

// Groups of equal size, as many for each thread.
size_t GroupSize(size_t queries, int threads) {
  const auto workers = static_cast<size_t>(threads);
  const size_t groups_of_each = std::max<size_t>(1, RoundedUp(queries, workers * kMaxGroup));
  return std::max<size_t>(1, RoundedUp(queries, workers * groups_of_each));
}

}  // namespace

NeighbourFinder::NeighbourFinder(const FloatMatrix& queries, Metric metric, size_t limit,
                                 int threads)
    : queries_(queries),
      metric_(metric),
      threads_(threads),
      group_(GroupSize(queries.rows, threads)),
      best_(queries.rows, TopRows(limit)) {
  openblas_set_num_threads(1);
  for (size_t q = 0; q < queries.rows; ++q) {
    query_norms_.push_back(Norm(queries.Row(q), queries.dims));
  }
}

template <typename Work>
void NeighbourFinder::OnAllThreads(Work work) const {
  std::vector<std::thread> helpers;
  for (int i = 1; i < threads_; ++i) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();
}

void NeighbourFinder::FillNorms(const float* rows, size_t count) {
  norms_.resize(count);
  std::atomic<size_t> next{0};
  OnAllThreads([&] {
    for (size_t begin; (begin = next.fetch_add(kNormRows)) < count;) {
      for (size_t i = begin; i < std::min(begin + kNormRows, count); ++i) {
        norms_[i] = Norm(rows + i * queries_.dims, queries_.dims);
      }
    }
  });
}

void NeighbourFinder::Add(const float* rows, size_t count) {
  FillNorms(rows, count);
  std::atomic<size_t> next{0};
  OnAllThreads([&] {
    for (size_t begin; (begin = next.fetch_add(group_)) < queries_.rows;) {
      Search(rows, count, begin, std::min(begin + group_, queries_.rows));
    }
  });
  rows_done_ += count;
}

void NeighbourFinder::Search(const float* rows, size_t count, size_t begin, size_t end) {
  const auto dims = static_cast<blasint>(queries_.dims);
  std::vector<float> dots((end - begin) * std::min(kTileRows, count));
  for (size_t done = 0; done < count; done += kTileRows) {
    Tile tile{rows + done * queries_.dims, &norms_[done], std::min(kTileRows, count - done),
              rows_done_ + done};
    tile.longest = *std::max_element(tile.norms, tile.norms + tile.count);
    const auto width = static_cast<blasint>(tile.count);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<blasint>(end - begin), width,
                dims, 1.0F, queries_.Row(begin), dims, tile.rows, dims, 0.0F, dots.data(), width);
    for (size_t q = begin; q < end; ++q) Offer(tile, &dots[(q - begin) * tile.count], q);
  }
}

void NeighbourFinder::Offer(const Tile& tile, const float* dots, size_t query) {
  TopRows& best = best_[query];
  const double query_norm = query_norms_[query];
  const bool bounded = FloatBound::Holds(query_norm, tile.longest);
  FloatBound bound(metric_, queries_.dims, query_norm, best.WorstScore());
  for (size_t i = 0; i < tile.count; ++i) {
    if (bounded && dots[i] < bound.LeastDot(tile.norms[i])) continue;
    const double score = ExactScore(metric_, queries_.Row(query), tile.rows + i * queries_.dims,
                                    queries_.dims, tile.norms[i]);
    best.Offer(score, static_cast<uint32_t>(tile.first + i));
    bound = FloatBound(metric_, queries_.dims, query_norm, best.WorstScore());
  }
}

Answers NeighbourFinder::Take() {
  Answers answers(queries_.rows);
  for (size_t q = 0; q < queries_.rows; ++q) best_[q].Take(&answers[q]);
  return answers;
}

}  // namespace nestor::bench
