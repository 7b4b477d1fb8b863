#include "benchmarks/measure.h"

#include "absl/strings/str_cat.h"
#include "benchmarks/passes.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

absl::Status InContext(const Method& method, const Variant& variant, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat(method.system, ", ", variant.knob, ": ", status.message()));
}

double MicrosPerQuery(double seconds, size_t queries) {
  return 1e6 * seconds / static_cast<double>(queries);
}

}  // namespace

absl::StatusOr<std::vector<Measurement>> Measure(absl::Span<const Method> methods,
                                                 const FloatMatrix& queries, int repeat) {
  std::vector<Measurement> measurements;
  for (size_t m = 0; m < methods.size(); ++m) {
    for (size_t v = 0; v < methods[m].variants.size(); ++v) {
      measurements.push_back({m, v, Answers(queries.rows)});
    }
  }
  std::vector<Pass> passes;
  for (Measurement& measurement : measurements) {
    passes.push_back([&] {
      const Method& method = methods[measurement.method];
      const Variant& variant = method.variants[measurement.variant];
      const absl::Status status = variant.answer(queries, &measurement.answers);
      return status.ok() ? status : InContext(method, variant, status);
    });
  }
  NESTOR_ASSIGN_OR_RETURN(const std::vector<PassTime> times, TimePasses(passes, repeat));
  for (size_t i = 0; i < measurements.size(); ++i) {
    measurements[i].micros_per_query = MicrosPerQuery(times[i].seconds, queries.rows);
    measurements[i].cpu_micros_per_query = MicrosPerQuery(times[i].cpu_seconds, queries.rows);
    for (const double seconds : times[i].pass_seconds) {
      measurements[i].pass_micros.push_back(MicrosPerQuery(seconds, queries.rows));
    }
  }
  return measurements;
}

}  // namespace nestor::bench
