#ifndef NESTOR_BENCHMARKS_MEASURE_H_
#define NESTOR_BENCHMARKS_MEASURE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "benchmarks/answers.h"
#include "benchmarks/float_matrix.h"
#include "benchmarks/method.h"

namespace nestor::bench {

// One line of the table before it is judged: answers and time of one variant.
struct Measurement {
  size_t method = 0;  // position among the methods
  size_t variant = 0;
  Answers answers;
  double micros_per_query = 0;           // median over the passes
  double cpu_micros_per_query = 0;       // of this thread; likewise
  std::vector<double> pass_micros = {};  // per query, of each pass
};

// Has every variant answer all queries on this thread: once to warm up and to keep the answers,
// then `repeat` times for the clock. Passes go round robin over all variants, so that a disturbance
// of the machine hits all of them and not one. The first error of a search ends it. REQUIRES:
// repeat > 0.
absl::StatusOr<std::vector<Measurement>> Measure(absl::Span<const Method> methods,
                                                 const FloatMatrix& queries, int repeat);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_MEASURE_H_
