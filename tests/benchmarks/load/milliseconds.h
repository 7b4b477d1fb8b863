#ifndef NESTOR_TESTS_BENCHMARKS_LOAD_MILLISECONDS_H_
#define NESTOR_TESTS_BENCHMARKS_LOAD_MILLISECONDS_H_

#include <cstdint>

namespace nestor::bench {

inline constexpr int64_t kMs = 1'000'000;  // in the nanoseconds of records

}  // namespace nestor::bench

#endif  // NESTOR_TESTS_BENCHMARKS_LOAD_MILLISECONDS_H_
