#ifndef NESTOR_BENCHMARKS_PAPER_ADAPTIVE_RETRIEVAL_H_
#define NESTOR_BENCHMARKS_PAPER_ADAPTIVE_RETRIEVAL_H_

#include <cstddef>
#include <vector>

#include "benchmarks/answers.h"
#include "benchmarks/paper/label_quality.h"
#include "benchmarks/paper/prefix_search.h"
#include "benchmarks/paper/prefix_space.h"

// Adaptive retrieval (Kusupati et al., Matryoshka Representation Learning, 2022, section 4.3): a
// short prefix finds a shortlist, longer ones rank it. Costs are counted as the paper counts them,
// one operation for each multiply-add of a dot product, selection free:
//
//   all N rows at D_s dims                              D_s N
//   a shortlist of K by D_s dims, reranked by D_r       D_s N + D_r K
//   a funnel, lists K_i reranked by D_i dims            D_s N + D_1 K_1 + D_2 K_2 + ...

namespace nestor::bench {

// What is searched, and by what it is judged. All must outlive what uses this.
struct RetrievalTask {
  const PrefixSpace& base;
  const PrefixSpace& queries;
  const std::vector<LevelNeighbours>& neighbours;  // by each prefix: `shortlist` rows
  const LabelJudge& judge;
  size_t limit = 10;
  size_t shortlist = 200;  // at most as many as there are rows
};

// One way to answer all queries.
struct RetrievalResult {
  size_t shortlist_dims = 0;
  std::vector<size_t> rerank_dims;  // one step, or those of a funnel; empty: no rerank
  std::vector<size_t> lists;        // how many rows each step reranks
  double average_precision = 0;     // at `limit`
  double top1 = 0;
  double mflops = 0;    // of one query
  double of_exact = 0;  // mflops as a share of an exact search at all dims
};

// Millions of operations of one query, as above. REQUIRES: as many dims as lists.
double Mflops(size_t rows, size_t shortlist_dims, const std::vector<size_t>& rerank_dims,
              const std::vector<size_t>& lists);

// The first `limit` rows by one prefix, for each query.
Answers AnswersByPrefix(const RetrievalTask& task, size_t level);
// The first `limit` rows of the shortlist by prefix `from` after the rerank by prefix `to`.
Answers AnswersByRerank(const RetrievalTask& task, size_t from, size_t to);

// Search by each prefix alone.
std::vector<RetrievalResult> SearchAtEachPrefix(const RetrievalTask& task);

// Every prefix for the shortlist with every longer one for the rerank: the shorter one first, then
// the longer one ascends.
std::vector<RetrievalResult> RetrieveAdaptively(const RetrievalTask& task);

// A funnel from each prefix but the longest: the shortlist is reranked by the next longer prefix
// and cut to half, again and again (FunnelLists); what is left is ranked by all dims.
std::vector<RetrievalResult> RetrieveByFunnel(const RetrievalTask& task);

// How many rows are left after each step: 200, 100, 50, 25, 10 for a shortlist of 200 and a limit
// of 10. Halves while twice the limit is left, then the limit.
std::vector<size_t> FunnelLists(size_t shortlist, size_t limit);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_PAPER_ADAPTIVE_RETRIEVAL_H_
