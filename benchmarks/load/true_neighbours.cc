#include "benchmarks/load/true_neighbours.h"

#include <algorithm>

#include "benchmarks/ground_truth.h"
#include "benchmarks/load/rank_payload.h"
#include "benchmarks/machine.h"
#include "benchmarks/truth_file.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

std::vector<ScoredNeighbours> Search(const FloatMatrix& base, const FloatMatrix& queries,
                                     Metric metric, size_t limit) {
  const ExactScorer scorer(base, metric);
  const int threads = HardwareThreads();
  const Answers answers = ExactNeighbours(scorer, base, queries, limit + kTieReach, threads);
  std::vector<ScoredNeighbours> neighbours(answers.size());
  for (size_t q = 0; q < answers.size(); ++q) {
    neighbours[q].rows = answers[q];
    for (const uint32_t row : answers[q]) {
      neighbours[q].scores.push_back(scorer.Score(queries.Row(q), row));
    }
  }
  return neighbours;
}

}  // namespace

absl::StatusOr<std::vector<ScoredNeighbours>> FindTrueNeighbours(
    const TrueNeighbourOptions& options, const DataIdentity& data, const FloatMatrix& base,
    const std::vector<uint32_t>& ranks, const FloatMatrix& queries, std::ostream& log) {
  if (!options.truth.empty()) {
    const size_t limit = std::min<size_t>(options.limit, data.rows);
    NESTOR_ASSIGN_OR_RETURN(const Answers answers,
                            ReadTruth(options.truth, data, options.metric, limit));
    std::vector<ScoredNeighbours> neighbours;
    for (const RowIds& rows : answers) neighbours.push_back({rows, {}});
    return neighbours;
  }
  if (!options.kept.has_value()) {
    log << "finding the true neighbours of " << queries.rows << " queries among " << base.rows
        << " rows" << std::endl;
    return Search(base, queries, options.metric, options.limit);
  }
  const RowIds kept = RowsWithRankBelow(ranks, *options.kept);
  log << "finding the true neighbours of " << queries.rows << " queries among the " << kept.size()
      << " rows that the filter keeps" << std::endl;
  std::vector<ScoredNeighbours> neighbours =
      Search(SomeRows(base, kept), queries, options.metric, options.limit);
  for (ScoredNeighbours& one : neighbours) {
    for (uint32_t& row : one.rows) row = kept[row];
  }
  return neighbours;
}

}  // namespace nestor::bench
