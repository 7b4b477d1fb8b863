#include "engine/prefix_sample.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <utility>

#include "engine/prefix_codes.h"
#include "engine/prefix_reader.h"

namespace nestor {
namespace {

constexpr size_t kNearest = 10;
constexpr size_t kShortlist = 30;

// The rows with the `count` best scores, but `self`.
std::vector<uint32_t> Best(const std::vector<float>& scores, uint32_t self, size_t count) {
  std::vector<uint32_t> rows(scores.size());
  std::iota(rows.begin(), rows.end(), 0);
  rows.erase(rows.begin() + self);
  count = std::min(count, rows.size());
  std::partial_sort(rows.begin(), rows.begin() + static_cast<ptrdiff_t>(count), rows.end(),
                    [&](uint32_t a, uint32_t b) {
                      return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
                    });
  rows.resize(count);
  return rows;
}

}  // namespace

PrefixSample::PrefixSample(const KeptVectors& vectors, Metric metric, size_t dims, size_t rows,
                           size_t queries)
    : dims_(dims),
      rows_(std::min(rows, vectors.size())),
      vectors_(PrefixReader(vectors, metric, dims).Sample(rows)) {
  const std::unique_ptr<RerankTier> tier = NewRerankTier(TierKind::kInt8, metric, dims, rows_);
  for (size_t row = 0; queries > 0 && row < rows_; ++row) tier->Append(Vector(row));
  std::vector<uint32_t> all(rows_);
  std::iota(all.begin(), all.end(), 0);
  queries = std::min(queries, rows_);
  std::vector<float> scores(rows_);
  for (size_t i = 0; i < queries; ++i) {
    const auto query = static_cast<uint32_t>(i * rows_ / queries);
    tier->Score(FullQuery(metric, Vector(query), dims), all, dims, scores.data());
    queries_.push_back(query);
    query_rows_.push_back(
        static_cast<uint32_t>(query * vectors.size() / rows_));  // see PrefixReader::Sample
    nearest_.push_back(Best(scores, query, kNearest));
  }
}

std::shared_ptr<const PrefixCoder> PrefixSample::MakeCoder(
    const PrefixCodeFormat& format, std::shared_ptr<const Basis> basis) const {
  const PrefixCoder plain(format, {}, basis);
  if (!plain.packed()) return std::make_shared<const PrefixCoder>(plain);
  std::vector<float> prefix(format.dims);
  std::vector<double> sums(format.dims);
  for (size_t row = 0; row < rows_; ++row) {
    plain.TakePrefix(Vector(row), prefix.data());
    for (size_t i = 0; i < format.dims; ++i) sums[i] += prefix[i];
  }
  for (size_t i = 0; i < format.dims; ++i) {
    prefix[i] = static_cast<float>(sums[i] / static_cast<double>(rows_));
  }
  return std::make_shared<const PrefixCoder>(format, std::move(prefix), std::move(basis));
}

double PrefixSample::Kept(const std::shared_ptr<const PrefixCoder>& coder) const {
  return KeptOf(vectors_, coder);
}

double PrefixSample::KeptByChance(const std::shared_ptr<const PrefixCoder>& coder) const {
  std::vector<uint32_t> order(dims_);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937_64(dims_));
  std::vector<float> vectors(vectors_.size());
  for (size_t row = 0; row < rows_; ++row) {
    for (size_t i = 0; i < dims_; ++i) vectors[row * dims_ + i] = Vector(row)[order[i]];
  }
  return KeptOf(vectors, coder);
}

double PrefixSample::KeptOf(const std::vector<float>& vectors,
                            const std::shared_ptr<const PrefixCoder>& coder) const {
  if (queries_.empty()) return 1;
  PrefixCodes codes(coder);
  codes.Reserve(rows_);
  const auto vector = [&](size_t row) { return vectors.data() + row * dims_; };
  for (size_t row = 0; row < rows_; ++row) codes.Append(vector(row));
  std::vector<float> scores(rows_);
  size_t kept = 0, all = 0;
  for (size_t i = 0; i < queries_.size(); ++i) {
    codes.ScoreRange(PrefixQuery(*coder, vector(queries_[i])), 0, rows_, scores.data());
    const std::vector<uint32_t> shortlist = Best(scores, queries_[i], kShortlist);
    for (const uint32_t row : nearest_[i]) {
      kept += std::count(shortlist.begin(), shortlist.end(), row);
    }
    all += nearest_[i].size();
  }
  return all == 0 ? 1 : static_cast<double>(kept) / static_cast<double>(all);
}

double PrefixSample::Spread(const PrefixCoder& coder) const {
  const size_t dims = coder.format().dims;
  std::vector<float> prefix(dims);
  double spread = 0;
  for (size_t row = 0; row < rows_; ++row) {
    coder.TakePrefix(Vector(row), prefix.data());
    for (size_t i = 0; i < dims; ++i) {
      const double difference = prefix[i] - (coder.centre().empty() ? 0.0 : coder.centre()[i]);
      spread += difference * difference;
    }
  }
  return spread / static_cast<double>(rows_);
}

}  // namespace nestor
