#ifndef NESTOR_BENCHMARKS_PAPER_PREFIX_SEARCH_H_
#define NESTOR_BENCHMARKS_PAPER_PREFIX_SEARCH_H_

#include <cstddef>
#include <vector>

#include "benchmarks/answers.h"
#include "benchmarks/paper/prefix_space.h"

namespace nestor::bench {

// The best rows for one query, best first, equal cosines by lower row.
struct Neighbours {
  RowIds rows;
  std::vector<double> cosines;
};

// One for each query.
using LevelNeighbours = std::vector<Neighbours>;

// Exact search by every prefix at once: result[level][query] holds the `size` rows (all, if there
// are fewer) whose prefixes have the largest cosine with the query's. Products are in float32, and
// a level adds its own dims to the products of the one below, so that all levels together cost one
// scan of whole vectors, block by block. `threads` share the queries; what they need beside the
// result is a few MiB each. REQUIRES: base and queries have the same levels.
std::vector<LevelNeighbours> SearchPrefixes(const PrefixSpace& base, const PrefixSpace& queries,
                                            size_t size, int threads);

// The best `keep` of `rows` by the prefixes of one level, for one query: a rerank.
RowIds RankByPrefix(const PrefixSpace& base, const float* query, const RowIds& rows, size_t level,
                    size_t keep);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_PAPER_PREFIX_SEARCH_H_
