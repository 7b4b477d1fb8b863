#ifndef NESTOR_BENCHMARKS_LOAD_RANK_PAYLOAD_H_
#define NESTOR_BENCHMARKS_LOAD_RANK_PAYLOAD_H_

#include <cstdint>
#include <vector>

#include "benchmarks/answers.h"
#include "nestor/v1/common.pb.h"

namespace nestor::bench {

// The one field that `load` gives to every point: {"rank": n}, n being the place of the row in a
// random order. `rank < n` therefore keeps n points at random. The order depends on the number of
// rows alone, so that whoever has the base knows which points a filter keeps.
inline constexpr char kRankField[] = "rank";

// One for each row.
std::vector<uint32_t> RanksOfRows(uint32_t rows);

v1::Payload RankPayload(uint32_t rank);

// How many of `rows` rows a filter of this share keeps: at least one.
uint32_t RowsKept(uint32_t rows, double share);
// rank < kept
v1::Filter RankFilter(uint32_t kept);
// The rows that it keeps, ascending.
RowIds RowsWithRankBelow(const std::vector<uint32_t>& ranks, uint32_t kept);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_RANK_PAYLOAD_H_
