#include "benchmarks/load/truth_set.h"

#include <algorithm>
#include <iterator>

namespace nestor::bench {
namespace {

// Those that tie with number `k`, counted from 1, as [first, last).
struct Tie {
  size_t first = 0;
  size_t last = 0;
};

Tie TieOf(const ScoredNeighbours& neighbours, size_t k) {
  if (neighbours.scores.empty() || k == 0) return {k, k};
  const std::vector<double>& scores = neighbours.scores;
  const auto [first, last] =
      std::equal_range(scores.begin(), scores.end(), scores[k - 1], std::greater<>());
  return {static_cast<size_t>(first - scores.begin()), static_cast<size_t>(last - scores.begin())};
}

}  // namespace

TruthSet::TruthSet(const std::vector<ScoredNeighbours>& neighbours, size_t limit,
                   uint32_t first_churned) {
  for (const ScoredNeighbours& one : neighbours) {
    queries_.push_back(MakeQuery(one, limit, first_churned));
  }
}

TruthSet::Query TruthSet::MakeQuery(const ScoredNeighbours& neighbours, size_t limit,
                                    uint32_t first_churned) {
  const size_t k = std::min(limit, neighbours.rows.size());
  const Tie tie = TieOf(neighbours, k);
  Query query;
  if (first_churned == kNoChurn) {
    const size_t accepted = std::max(k, tie.last);
    query.accepted.assign(neighbours.rows.begin(),
                          neighbours.rows.begin() + static_cast<ptrdiff_t>(accepted));
    query.wanted = static_cast<uint16_t>(k);
  } else {
    const size_t certain = tie.last > k ? tie.first : k;
    std::copy_if(neighbours.rows.begin(), neighbours.rows.begin() + static_cast<ptrdiff_t>(certain),
                 std::back_inserter(query.accepted),
                 [&](uint32_t row) { return row < first_churned; });
    query.wanted = static_cast<uint16_t>(query.accepted.size());
  }
  std::sort(query.accepted.begin(), query.accepted.end());
  return query;
}

uint16_t TruthSet::Found(uint32_t query, absl::Span<const uint64_t> ids) const {
  if (wanted(query) == 0) return 0;
  const RowIds& accepted = queries_[query].accepted;
  std::vector<uint64_t> found;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(found), [&](uint64_t id) {
    return std::binary_search(accepted.begin(), accepted.end(), id);
  });
  std::sort(found.begin(), found.end());
  const auto distinct = std::unique(found.begin(), found.end()) - found.begin();
  return static_cast<uint16_t>(std::min<ptrdiff_t>(distinct, wanted(query)));
}

}  // namespace nestor::bench
