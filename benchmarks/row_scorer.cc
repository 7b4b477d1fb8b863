#include "benchmarks/row_scorer.h"

#include <algorithm>

namespace nestor::bench {
namespace {

constexpr size_t kRowsInOneCall = 1024;  // of a scan: their scores stay in the first-level cache

}  // namespace

void RowScorer::Score(const float* query, size_t first, kernels::RowList list) {
  const kernels::KernelTable& table = kernels::Kernels();
  const kernels::FloatRows rows{matrix_.Row(first), matrix_.dims};
  scores_.resize(std::max(scores_.size(), list.count));
  if (metric_ == Metric::kL2) {
    table.l2_f32(query, rows, list, matrix_.dims, scores_.data());
    for (size_t i = 0; i < list.count; ++i) scores_[i] = -scores_[i];
  } else {
    table.dot_f32(query, rows, list, matrix_.dims, scores_.data());
  }
}

void RowScorer::Scan(const float* query, RowIds* rows) {
  for (size_t first = 0; first < matrix_.rows; first += kRowsInOneCall) {
    const size_t count = std::min(kRowsInOneCall, matrix_.rows - first);
    Score(query, first, {nullptr, count});
    for (size_t i = 0; i < count; ++i) top_.Offer(scores_[i], static_cast<uint32_t>(first + i));
  }
  top_.Take(rows);
}

void RowScorer::Rerank(const float* query, const RowIds& candidates, RowIds* rows) {
  Score(query, 0, {candidates.data(), candidates.size()});
  for (size_t i = 0; i < candidates.size(); ++i) top_.Offer(scores_[i], candidates[i]);
  top_.Take(rows);
}

}  // namespace nestor::bench
