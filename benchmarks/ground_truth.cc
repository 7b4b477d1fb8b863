#include "benchmarks/ground_truth.h"

#include "benchmarks/top_rows.h"
#include "benchmarks/truth/exact_score.h"
#include "benchmarks/truth/neighbour_finder.h"
#include "engine/vector_math.h"

namespace nestor::bench {
ExactScorer::ExactScorer(const FloatMatrix& base, Metric metric) : base_(base), metric_(metric) {
  if (metric != Metric::kCosine) return;
  norms_.reserve(base.rows);
  for (size_t row = 0; row < base.rows; ++row) norms_.push_back(Norm(base.Row(row), base.dims));
}

double ExactScorer::Score(const float* query, size_t row) const {
  const double norm = metric_ == Metric::kCosine ? norms_[row] : 1.0;
  return ExactScore(metric_, query, base_.Row(row), base_.dims, norm);
}

Answers ExactNeighbours(const ExactScorer& scorer, const FloatMatrix& base,
                        const FloatMatrix& queries, size_t limit, int threads) {
  NeighbourFinder finder(queries, scorer.metric(), limit, threads);
  finder.Add(base.values.data(), base.rows);
  return finder.Take();
}

RowIds ExactNeighboursAmong(const ExactScorer& scorer, const RowIds& rows, const float* query,
                            size_t limit) {
  TopRows best(limit);
  for (const uint32_t row : rows) best.Offer(scorer.Score(query, row), row);
  RowIds answer;
  best.Take(&answer);
  return answer;
}

}  // namespace nestor::bench
