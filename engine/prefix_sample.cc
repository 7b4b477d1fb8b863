#include "engine/prefix_sample.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "engine/prefix_codes.h"
#include "engine/prefix_reader.h"

namespace nestor {
namespace {

constexpr size_t kNearest = 10;
constexpr size_t kShortlist = 30;
// Of a query: enough that a code which takes others for nearer is not worth much.
constexpr size_t kCodedNear = 64;
constexpr size_t kBlockRows = 256;

std::vector<float> Ordered(const float* vector, size_t dims, const std::vector<uint32_t>& order) {
  if (order.empty()) return {vector, vector + dims};
  std::vector<float> ordered(dims);
  for (size_t i = 0; i < dims; ++i) ordered[i] = vector[order[i]];
  return ordered;
}

}  // namespace

PrefixSample::PrefixSample(const KeptVectors& vectors, Metric metric, size_t dims, size_t rows,
                           size_t queries, absl::Span<const std::vector<float>> asked)
    : dims_(dims),
      all_rows_(vectors.size()),
      rows_(std::min(rows, all_rows_)),
      judged_rows_(std::min(kMostJudged, all_rows_)),
      vectors_(PrefixReader(vectors, metric, dims).Sample(rows)),
      near_rows_(NewRerankTier(TierKind::kInt8, metric, dims, 0)) {
  const bool by_asked = queries > 0 && asked.size() >= queries;
  if (!by_asked) queries = std::min(queries, rows_);
  for (size_t i = 0; i < queries; ++i) {
    const size_t row = i * rows_ / queries;
    const float* const query = by_asked ? asked[i * asked.size() / queries].data() : Vector(row);
    query_vectors_.insert(query_vectors_.end(), query, query + dims_);
    if (!by_asked) queries_.push_back(static_cast<uint32_t>(row));
  }
  nearest_.resize(queries);
  if (queries > 0) FindNearest(vectors, metric);
}

void PrefixSample::FindNearest(const KeptVectors& vectors, Metric metric) {
  const auto nearer = [](const Near& a, const Near& b) {
    return a.score != b.score ? a.score > b.score : a.row < b.row;
  };
  const auto keep_best = [&](std::vector<Near>* near) {
    if (near->size() <= kCodedNear) return;
    std::nth_element(near->begin(), near->begin() + kCodedNear, near->end(), nearer);
    near->resize(kCodedNear);
  };
  std::vector<FullQuery> queries;
  queries.reserve(nearest_.size());
  for (size_t i = 0; i < nearest_.size(); ++i) queries.emplace_back(metric, Query(i), dims_);
  std::vector<uint32_t> locals(kBlockRows);
  std::iota(locals.begin(), locals.end(), 0);
  std::vector<float> vector(dims_), scores(kBlockRows);
  for (size_t first = 0; first < judged_rows_; first += kBlockRows) {
    const size_t count = std::min(kBlockRows, judged_rows_ - first);
    const auto row_of = [&](size_t local) {
      return static_cast<uint32_t>((first + local) * all_rows_ / judged_rows_);
    };
    const auto block = NewRerankTier(TierKind::kInt8, metric, dims_, count);
    for (size_t local = 0; local < count; ++local) {
      if (!vectors.Decode(row_of(local), dims_, vector.data())) vector.assign(dims_, 0);
      block->Append(vector.data());
    }
    for (size_t i = 0; i < queries.size(); ++i) {
      block->Score(queries[i], absl::MakeConstSpan(locals).first(count), dims_, scores.data());
      for (size_t local = 0; local < count; ++local) {
        if (!queries_.empty() && row_of(local) == RowOf(queries_[i])) continue;
        nearest_[i].push_back({scores[local], row_of(local)});
      }
      keep_best(&nearest_[i]);
    }
  }
  absl::flat_hash_map<uint32_t, uint32_t> in_sample;
  for (uint32_t row = 0; row < rows_; ++row) in_sample[RowOf(row)] = row;
  looked_at_.resize(nearest_.size());
  for (size_t i = 0; i < nearest_.size(); ++i) {
    std::vector<Near>& near = nearest_[i];
    std::sort(near.begin(), near.end(), nearer);
    std::vector<uint32_t>& looked_at = looked_at_[i];
    if (!queries_.empty()) looked_at.push_back(queries_[i]);
    for (const Near& one : near) {
      const auto found = in_sample.find(one.row);
      if (found != in_sample.end()) looked_at.push_back(found->second);
      if (!vectors.Decode(one.row, dims_, vector.data())) vector.assign(dims_, 0);
      near_rows_->Append(vector.data());
    }
  }
}

std::vector<uint32_t> PrefixSample::query_rows() const {
  std::vector<uint32_t> rows;
  for (const uint32_t query : queries_) rows.push_back(RowOf(query));
  return rows;
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
  return KeptOf({}, coder);
}

double PrefixSample::KeptByChance(const std::shared_ptr<const PrefixCoder>& coder) const {
  std::vector<uint32_t> order(dims_);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937_64(dims_));
  return KeptOf(order, coder);
}

double PrefixSample::KeptOf(const std::vector<uint32_t>& order,
                            const std::shared_ptr<const PrefixCoder>& coder) const {
  if (nearest_.empty()) return 1;
  PrefixCodes sample(coder), near_codes(coder);
  for (size_t row = 0; row < rows_; ++row) sample.Append(Ordered(Vector(row), dims_, order).data());
  std::vector<float> vector(dims_);
  for (uint32_t row = 0; row < near_rows_->size(); ++row) {
    (void)near_rows_->Decode(row, dims_, vector.data());  // it is in memory
    near_codes.Append(Ordered(vector.data(), dims_, order).data());
  }
  const double stands_for = static_cast<double>(judged_rows_) / static_cast<double>(rows_);
  std::vector<float> near_scores(kCodedNear), scores(rows_);
  size_t kept = 0, all = 0;
  uint32_t first = 0;
  for (size_t i = 0; i < nearest_.size(); ++i) {
    const std::vector<Near>& near = nearest_[i];
    const PrefixQuery query(*coder, Ordered(Query(i), dims_, order).data());
    near_codes.ScoreRange(query, first, near.size(), near_scores.data());
    sample.ScoreRange(query, 0, rows_, scores.data());
    for (const uint32_t row : looked_at_[i]) scores[row] = -std::numeric_limits<float>::infinity();
    for (size_t neighbour = 0; neighbour < std::min(kNearest, near.size()); ++neighbour) {
      const auto is_better = [&](float score) { return score > near_scores[neighbour]; };
      const auto nearer =
          std::count_if(near_scores.begin(),
                        near_scores.begin() + static_cast<ptrdiff_t>(near.size()), is_better);
      const auto others = std::count_if(scores.begin(), scores.end(), is_better);
      const double rank = static_cast<double>(nearer) + stands_for * static_cast<double>(others);
      kept += rank < static_cast<double>(kShortlist) ? 1 : 0;
      ++all;
    }
    first += static_cast<uint32_t>(near.size());
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
