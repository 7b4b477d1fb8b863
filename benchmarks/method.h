#ifndef NESTOR_BENCHMARKS_METHOD_H_
#define NESTOR_BENCHMARKS_METHOD_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "benchmarks/answers.h"

namespace nestor::bench {

// Answers one query with the best rows, best first.
using SearchFunction = std::function<absl::Status(const float* query, RowIds* rows)>;

// A method at one setting of its knob.
struct Variant {
  std::string knob;
  SearchFunction search;
};

// A way to search that is built and ready. Owns (through its functions) what it searches, except
// the matrices it was made from.
struct Method {
  std::string name;
  double build_seconds = 0;
  double bytes_per_vector = 0;  // in memory, for searching
  std::vector<Variant> variants;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_METHOD_H_
