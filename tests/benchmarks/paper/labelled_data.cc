#include "tests/benchmarks/paper/labelled_data.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <string>

#include "engine/vector_math.h"
#include "tests/benchmarks/bench_files.h"

namespace nestor::testing {
namespace {

constexpr float kNoise = 1.5f;

}  // namespace

LabelledData MakeLabelledData(const LabelledDataOptions& options) {
  std::mt19937 random(options.seed);
  std::normal_distribution<float> normal;
  const auto gaussian = [&](size_t count) {
    std::vector<float> values(count);
    std::generate(values.begin(), values.end(), [&] { return normal(random); });
    return values;
  };
  const std::vector<float> means = gaussian(options.classes * options.dims);
  const auto fill = [&](size_t rows, bench::FloatMatrix* matrix, std::vector<int64_t>* labels) {
    *matrix = {rows, options.dims, {}};
    for (size_t row = 0; row < rows; ++row) {
      const size_t label = row % options.classes;
      labels->push_back(static_cast<int64_t>(label));
      std::vector<float> vector = gaussian(options.dims);
      for (size_t i = 0; i < options.dims; ++i) {
        vector[i] = means[label * options.dims + i] + kNoise * vector[i];
      }
      Scale(vector.data(), options.dims, Norm(vector.data(), options.dims), vector.data());
      matrix->values.insert(matrix->values.end(), vector.begin(), vector.end());
    }
  };
  LabelledData data;
  fill(options.rows, &data.base, &data.labels.base);
  fill(options.queries, &data.queries, &data.labels.queries);
  return data;
}

std::vector<std::string> WriteLabelledData(const LabelledData& data) {
  const auto narrow = [](const std::vector<int64_t>& labels) {
    return std::vector<int32_t>(labels.begin(), labels.end());
  };
  return {"--base",         WriteFbin("base.fbin", data.base),
          "--queries",      WriteFbin("queries.fbin", data.queries),
          "--labels",       WriteNpyLabels("base_labels.npy", narrow(data.labels.base)),
          "--query-labels", WriteNpyLabels("query_labels.npy", narrow(data.labels.queries))};
}

double PrefixCosine(const float* a, const float* b, size_t dims) {
  double dot = 0;
  double norms[2] = {0, 0};
  for (size_t i = 0; i < dims; ++i) {
    dot += static_cast<double>(a[i]) * b[i];
    norms[0] += static_cast<double>(a[i]) * a[i];
    norms[1] += static_cast<double>(b[i]) * b[i];
  }
  return dot / std::sqrt(norms[0] * norms[1]);
}

std::vector<uint32_t> RankAll(const bench::FloatMatrix& base, const float* query, size_t dims) {
  std::vector<double> cosines;
  for (size_t row = 0; row < base.rows; ++row) {
    cosines.push_back(PrefixCosine(base.Row(row), query, dims));
  }
  std::vector<uint32_t> rows(base.rows);
  std::iota(rows.begin(), rows.end(), 0);
  std::stable_sort(rows.begin(), rows.end(),
                   [&](uint32_t a, uint32_t b) { return cosines[a] > cosines[b]; });
  return rows;
}

}  // namespace nestor::testing
