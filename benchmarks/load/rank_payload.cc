#include "benchmarks/load/rank_payload.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <utility>

namespace nestor::bench {
namespace {

constexpr uint64_t kRankSeed = 42;

}  // namespace

// Fisher and Yates by hand: every library has its own std::shuffle.
std::vector<uint32_t> RanksOfRows(uint32_t rows) {
  std::vector<uint32_t> ranks(rows);
  std::iota(ranks.begin(), ranks.end(), 0U);
  std::mt19937_64 random(kRankSeed);
  for (size_t i = rows; i > 1; --i) std::swap(ranks[i - 1], ranks[random() % i]);
  return ranks;
}

v1::Payload RankPayload(uint32_t rank) {
  v1::Payload payload;
  (*payload.mutable_fields())[kRankField].set_int_value(rank);
  return payload;
}

uint32_t RowsKept(uint32_t rows, double share) {
  return std::clamp(static_cast<uint32_t>(std::llround(share * rows)), 1U, std::max(rows, 1U));
}

v1::Filter RankFilter(uint32_t kept) {
  v1::Filter filter;
  filter.mutable_compare()->set_field(kRankField);
  filter.mutable_compare()->set_op(v1::Filter::LT);
  filter.mutable_compare()->add_values()->set_int_value(kept);
  return filter;
}

RowIds RowsWithRankBelow(const std::vector<uint32_t>& ranks, uint32_t kept) {
  RowIds rows;
  for (uint32_t row = 0; row < ranks.size(); ++row) {
    if (ranks[row] < kept) rows.push_back(row);
  }
  return rows;
}

}  // namespace nestor::bench
