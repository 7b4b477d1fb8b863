#ifndef NESTOR_TESTS_BENCHMARKS_PAPER_LABELLED_DATA_H_
#define NESTOR_TESTS_BENCHMARKS_PAPER_LABELLED_DATA_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "benchmarks/float_matrix.h"
#include "benchmarks/labels.h"

namespace nestor::testing {

// Vectors of some classes, at unit length: the class means are apart in every prefix, and the more,
// the longer it is.
struct LabelledData {
  bench::FloatMatrix base;
  bench::FloatMatrix queries;
  bench::Labels labels;
};

struct LabelledDataOptions {
  size_t rows = 300;
  size_t queries = 20;
  size_t dims = 32;
  size_t classes = 10;
  uint32_t seed = 1;
};

LabelledData MakeLabelledData(const LabelledDataOptions& options);

// Files of them for a command line: {"--base", path, "--labels", ...}.
std::vector<std::string> WriteLabelledData(const LabelledData& data);

// The cosine of two prefixes, in double, as slowly as it is defined.
double PrefixCosine(const float* a, const float* b, size_t dims);

// The rows of `base` by falling PrefixCosine with a query, equal ones by lower row.
std::vector<uint32_t> RankAll(const bench::FloatMatrix& base, const float* query, size_t dims);

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_BENCHMARKS_PAPER_LABELLED_DATA_H_
