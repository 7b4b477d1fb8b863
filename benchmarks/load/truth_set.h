#ifndef NESTOR_BENCHMARKS_LOAD_TRUTH_SET_H_
#define NESTOR_BENCHMARKS_LOAD_TRUTH_SET_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "benchmarks/answers.h"

namespace nestor::bench {

// The true neighbours of one query, best first, and more than are asked for if they are known.
struct ScoredNeighbours {
  RowIds rows;
  std::vector<double> scores;  // of each, larger being better; or empty: nobody knows
};

// What the answers to the queries of a load are judged by, while it runs.
//
// Without writes the truth of a query is its `limit` best rows, or all if there are fewer. A row
// that is as good as the last of them counts as well (duplicate vectors tie, and which of them
// comes back is chance), as far as scores are known.
//
// With writes the base changes under the searches, and this is how the truth stays exact: only the
// rows from `first_churned` on, the churn pool, are ever written again or deleted. A row outside
// of it that is among the `limit` best of the whole base has fewer than `limit` rows before it,
// however much of the pool is gone; so every exact answer holds it, at any moment. Only such rows
// are asked for. Rows that tie with one beyond the `limit` best are not: an exact answer need not
// hold them.
//
// Thread safety: immutable.
class TruthSet {
 public:
  static constexpr uint32_t kNoChurn = UINT32_MAX;

  TruthSet() = default;
  TruthSet(const std::vector<ScoredNeighbours>& neighbours, size_t limit, uint32_t first_churned);

  size_t queries() const { return queries_.size(); }
  // How many neighbours an answer should hold; 0: it cannot be judged.
  uint16_t wanted(uint32_t query) const {
    return query < queries_.size() ? queries_[query].wanted : uint16_t{0};
  }
  // How many an answer of these ids does hold, each counted once, at most those that are wanted.
  uint16_t Found(uint32_t query, absl::Span<const uint64_t> ids) const;
  double Recall(uint32_t query, uint16_t found) const {
    return static_cast<double>(found) / static_cast<double>(wanted(query));
  }

 private:
  struct Query {
    RowIds accepted;  // ascending
    uint16_t wanted = 0;
  };

  static Query MakeQuery(const ScoredNeighbours& neighbours, size_t limit, uint32_t first_churned);

  std::vector<Query> queries_;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_TRUTH_SET_H_
