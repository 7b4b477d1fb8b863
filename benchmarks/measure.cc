#include "benchmarks/measure.h"

#include "absl/strings/str_cat.h"
#include "benchmarks/quantile.h"
#include "benchmarks/stopwatch.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

absl::Status RunPass(const Variant& variant, const FloatMatrix& queries, Answers* answers) {
  for (size_t q = 0; q < queries.rows; ++q) {
    NESTOR_RETURN_IF_ERROR(variant.search(queries.Row(q), &(*answers)[q]));
  }
  return absl::OkStatus();
}

absl::Status InContext(const Method& method, const Variant& variant, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat(method.name, ", ", variant.knob, ": ", status.message()));
}

double MedianMicros(const std::vector<double>& seconds_of_passes, size_t queries) {
  return 1e6 * Quantile(seconds_of_passes, 0.5) / static_cast<double>(queries);
}

}  // namespace

absl::StatusOr<std::vector<Measurement>> Measure(absl::Span<const Method> methods,
                                                 const FloatMatrix& queries, int repeat) {
  std::vector<Measurement> measurements;
  for (size_t m = 0; m < methods.size(); ++m) {
    for (size_t v = 0; v < methods[m].variants.size(); ++v) {
      measurements.push_back({m, v, Answers(queries.rows), 0});
    }
  }
  std::vector<std::vector<double>> seconds(measurements.size());
  std::vector<std::vector<double>> cpu_seconds(measurements.size());
  for (int pass = 0; pass <= repeat; ++pass) {
    for (size_t i = 0; i < measurements.size(); ++i) {
      const Method& method = methods[measurements[i].method];
      const Variant& variant = method.variants[measurements[i].variant];
      const Stopwatch stopwatch;
      const absl::Status status = RunPass(variant, queries, &measurements[i].answers);
      if (!status.ok()) return InContext(method, variant, status);
      if (pass == 0) continue;
      seconds[i].push_back(stopwatch.Seconds());
      cpu_seconds[i].push_back(stopwatch.CpuSeconds());
    }
  }
  for (size_t i = 0; i < measurements.size(); ++i) {
    measurements[i].micros_per_query = MedianMicros(seconds[i], queries.rows);
    measurements[i].cpu_micros_per_query = MedianMicros(cpu_seconds[i], queries.rows);
  }
  return measurements;
}

}  // namespace nestor::bench
