#include "benchmarks/load/recall_estimate.h"

#include <algorithm>
#include <random>
#include <vector>

#include "benchmarks/quantile.h"

namespace nestor::bench {
namespace {

constexpr int kResamples = 1000;

QueryRecall Total(absl::Span<const QueryRecall> queries) {
  QueryRecall total;
  for (const QueryRecall& query : queries) {
    total.sum += query.sum;
    total.count += query.count;
  }
  return total;
}

double Mean(const QueryRecall& recall) { return recall.sum / static_cast<double>(recall.count); }

// Every query here has an answer.
std::vector<double> ResampledMeans(absl::Span<const QueryRecall> queries, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<double> means;
  for (int i = 0; i < kResamples; ++i) {
    QueryRecall total;
    for (size_t j = 0; j < queries.size(); ++j) {
      const QueryRecall& drawn = queries[random() % queries.size()];
      total.sum += drawn.sum;
      total.count += drawn.count;
    }
    means.push_back(Mean(total));
  }
  return means;
}

double WorstDecile(std::vector<QueryRecall> queries) {
  std::sort(queries.begin(), queries.end(),
            [](const QueryRecall& a, const QueryRecall& b) { return Mean(a) < Mean(b); });
  queries.resize((queries.size() + 9) / 10);
  return Mean(Total(queries));
}

}  // namespace

RecallEstimate EstimateRecall(absl::Span<const QueryRecall> queries, uint64_t seed) {
  std::vector<QueryRecall> asked;
  std::copy_if(queries.begin(), queries.end(), std::back_inserter(asked),
               [](const QueryRecall& query) { return query.count > 0; });
  RecallEstimate estimate;
  if (asked.empty()) return estimate;
  const QueryRecall total = Total(asked);
  const std::vector<double> means = ResampledMeans(asked, seed);
  estimate.count = total.count;
  estimate.mean = Mean(total);
  estimate.low = Quantile(means, 0.025);
  estimate.high = Quantile(means, 0.975);
  estimate.worst_decile = WorstDecile(std::move(asked));
  return estimate;
}

}  // namespace nestor::bench
