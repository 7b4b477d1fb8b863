#include "benchmarks/paper/adaptive_retrieval.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "storage/check.h"

namespace nestor::bench {
namespace {

// The first rows of what a prefix found.
RowIds FirstRows(const Neighbours& neighbours, size_t count) {
  const auto begin = neighbours.rows.begin();
  return {begin, begin + static_cast<std::ptrdiff_t>(std::min(count, neighbours.rows.size()))};
}

// Fills in what the answers are worth and cost.
void Judge(const RetrievalTask& task, const Answers& answers, RetrievalResult* result) {
  result->average_precision = task.judge.At(task.limit, answers).average_precision;
  result->top1 = task.judge.Top1(answers);
  result->mflops =
      Mflops(task.base.rows(), result->shortlist_dims, result->rerank_dims, result->lists);
  result->of_exact = result->mflops / Mflops(task.base.rows(), task.base.full_dims(), {}, {});
}

// `answer` answers one query.
Answers AnswerAll(const RetrievalTask& task, const std::function<RowIds(size_t query)>& answer) {
  Answers answers(task.queries.rows());
  for (size_t q = 0; q < answers.size(); ++q) answers[q] = answer(q);
  return answers;
}

RowIds Rerank(const RetrievalTask& task, size_t query, const RowIds& rows, size_t level,
              size_t keep) {
  return RankByPrefix(task.base, task.queries.matrix().Row(query), rows, level, keep);
}

RetrievalResult RunFunnel(const RetrievalTask& task, size_t first_level) {
  RetrievalResult result;
  result.shortlist_dims = task.base.dims(first_level);
  const std::vector<size_t> lists = FunnelLists(task.shortlist, task.limit);
  const size_t last_level = task.base.levels() - 1;
  // Step i reranks lists[i] rows and keeps lists[i + 1], the last one all of them.
  std::vector<size_t> levels;
  for (size_t i = 0; i < lists.size(); ++i) {
    const size_t level = std::min(first_level + 1 + i, last_level);
    // Once all dims were used, the order is final: what remains is to cut.
    if (!levels.empty() && levels.back() == last_level) break;
    levels.push_back(i + 1 == lists.size() ? last_level : level);
    result.rerank_dims.push_back(task.base.dims(levels.back()));
    result.lists.push_back(lists[i]);
  }
  const Answers answers = AnswerAll(task, [&](size_t q) {
    RowIds rows = FirstRows(task.neighbours[first_level][q], task.shortlist);
    for (size_t i = 0; i < levels.size(); ++i) {
      const bool is_last = i + 1 == levels.size();
      rows = Rerank(task, q, rows, levels[i], is_last ? task.limit : lists[i + 1]);
    }
    return rows;
  });
  Judge(task, answers, &result);
  return result;
}

}  // namespace

double Mflops(size_t rows, size_t shortlist_dims, const std::vector<size_t>& rerank_dims,
              const std::vector<size_t>& lists) {
  NESTOR_CHECK(rerank_dims.size() == lists.size());
  double products = static_cast<double>(shortlist_dims) * static_cast<double>(rows);
  for (size_t i = 0; i < lists.size(); ++i) {
    products += static_cast<double>(rerank_dims[i]) * static_cast<double>(lists[i]);
  }
  return products / 1e6;
}

Answers AnswersByPrefix(const RetrievalTask& task, size_t level) {
  return AnswerAll(task,
                   [&](size_t q) { return FirstRows(task.neighbours[level][q], task.limit); });
}

Answers AnswersByRerank(const RetrievalTask& task, size_t from, size_t to) {
  return AnswerAll(task, [&](size_t q) {
    const RowIds shortlist = FirstRows(task.neighbours[from][q], task.shortlist);
    return Rerank(task, q, shortlist, to, task.limit);
  });
}

std::vector<RetrievalResult> SearchAtEachPrefix(const RetrievalTask& task) {
  std::vector<RetrievalResult> results;
  for (size_t level = 0; level < task.base.levels(); ++level) {
    RetrievalResult result;
    result.shortlist_dims = task.base.dims(level);
    Judge(task, AnswersByPrefix(task, level), &result);
    results.push_back(std::move(result));
  }
  return results;
}

std::vector<RetrievalResult> RetrieveAdaptively(const RetrievalTask& task) {
  std::vector<RetrievalResult> results;
  for (size_t from = 0; from < task.base.levels(); ++from) {
    for (size_t to = from + 1; to < task.base.levels(); ++to) {
      RetrievalResult result;
      result.shortlist_dims = task.base.dims(from);
      result.rerank_dims = {task.base.dims(to)};
      result.lists = {task.shortlist};
      Judge(task, AnswersByRerank(task, from, to), &result);
      results.push_back(std::move(result));
    }
  }
  return results;
}

std::vector<RetrievalResult> RetrieveByFunnel(const RetrievalTask& task) {
  std::vector<RetrievalResult> results;
  for (size_t level = 0; level + 1 < task.base.levels(); ++level) {
    results.push_back(RunFunnel(task, level));
  }
  return results;
}

std::vector<size_t> FunnelLists(size_t shortlist, size_t limit) {
  std::vector<size_t> lists = {shortlist};
  while (lists.back() / 2 >= 2 * limit) lists.push_back(lists.back() / 2);
  if (lists.back() > limit) lists.push_back(limit);
  return lists;
}

}  // namespace nestor::bench
