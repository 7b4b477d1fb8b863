#ifndef NESTOR_BENCHMARKS_METHOD_H_
#define NESTOR_BENCHMARKS_METHOD_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "benchmarks/answers.h"
#include "benchmarks/float_matrix.h"
#include "client/json.h"

namespace nestor::bench {

// Answers one query with the best rows, best first.
using SearchFunction = std::function<absl::Status(const float* query, RowIds* rows)>;
// Answers all of some queries, in whatever way.
using AnswerFunction = std::function<absl::Status(const FloatMatrix& queries, Answers* answers)>;
// One query after the other.
AnswerFunction OneByOne(SearchFunction search);

// A method at one setting of its knobs.
struct Variant {
  std::string knob;  // for people
  Json params;       // the same for programs: an object
  AnswerFunction answer;
};

struct MemoryPart {
  std::string name;
  double resident_bytes_per_vector = 0;
  double mapped_bytes_per_vector = 0;
};

// What a method costs before its first search.
struct MethodCost {
  double build_seconds = 0;
  // For searching: what the structures hold in memory, and what of them searches read through
  // mappings of files; counted by themselves.
  double resident_bytes_per_vector = 0;
  double mapped_bytes_per_vector = 0;
  // The same by what it is for, if there is more than one thing.
  std::vector<MemoryPart> parts = {};
  // The growth of the process while the method was built (AnonymousBytes): buffers, caches and the
  // allocator's waste included. A cross-check, not exact.
  double grown_bytes_per_vector = 0;
};

// A way to search that is built and ready. Owns (through its functions) what it searches, except
// the matrices it was made from.
struct Method {
  std::string system;  // "exact", "hnsw_full", ...: as in the JSON of `engine`
  MethodCost cost;
  std::vector<Variant> variants;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_METHOD_H_
