#ifndef NESTOR_BENCHMARKS_FILTER_FIELDS_H_
#define NESTOR_BENCHMARKS_FILTER_FIELDS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "benchmarks/answers.h"
#include "benchmarks/float_matrix.h"
#include "benchmarks/ground_truth.h"
#include "engine/payload_schema.h"

namespace nestor::bench {

// The payload fields of filtered searches.
inline constexpr char kRankField[] = "rank";
inline constexpr char kRegionField[] = "region";

// Two integers for each row of a base, made so that filters on them keep any share of the rows:
//
//   rank    a random permutation of 0 to rows - 1, independent of the vectors: "rank < n" keeps n
//           random rows
//   region  rows that are alike share one, as they share a section, a language or a shop in real
//           payloads: some rows, drawn at random, are seeds, and each row belongs to the seed that
//           it scores highest against (equal scores: the first). Regions differ in size.
struct FilterFields {
  std::vector<int64_t> ranks;
  std::vector<int64_t> regions;  // positions in `seeds`
  RowIds seeds;
};

struct FilterFieldsParams {
  size_t regions = 100;  // at most one for each row
  uint32_t seed = 1;     // of everything random
};

// `scorer` is that of `base`.
FilterFields MakeFilterFields(const ExactScorer& scorer, const FloatMatrix& base,
                              const FilterFieldsParams& params);

// The payload of each row as the engine stores it, and the payload indexes over its fields.
std::vector<std::string> EncodePayloads(const FilterFields& fields);
PayloadSchema FilterFieldsSchema();

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_FILTER_FIELDS_H_
