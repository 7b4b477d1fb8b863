#ifndef NESTOR_BENCHMARKS_ENVIRONMENT_H_
#define NESTOR_BENCHMARKS_ENVIRONMENT_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "client/json.h"

namespace nestor::bench {

// Where and how numbers were made, as every JSON document of this program has it under
// "environment", so that none is compared with a number from elsewhere by mistake:
//
//   {"time":"2026-01-31T12:00:00Z","version":"0.1.0","commit":"0123456789ab","cpu":"AMD EPYC",
//    "cores":2,"cpu_flags":["avx2","avx512f",...],"kernels":"avx512vnni","compiler":"GCC 12.2.0",
//    "optimised":true,"libraries":{"faiss":"1.7.3",...},"command_line":["nestor-bench",...]}
//
// `cpu_flags` are those that vector kernels care about.
Json EnvironmentJson(const std::vector<std::string>& command_line, absl::Time now);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_ENVIRONMENT_H_
