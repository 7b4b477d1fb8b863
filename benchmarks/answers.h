#ifndef NESTOR_BENCHMARKS_ANSWERS_H_
#define NESTOR_BENCHMARKS_ANSWERS_H_

#include <cstdint>
#include <vector>

namespace nestor::bench {

// What one search found: rows of the base, best first.
using RowIds = std::vector<uint32_t>;
// One per query.
using Answers = std::vector<RowIds>;

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_ANSWERS_H_
