#ifndef NESTOR_BENCHMARKS_LOAD_OPERATION_MIX_H_
#define NESTOR_BENCHMARKS_LOAD_OPERATION_MIX_H_

#include <array>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "benchmarks/load/operation.h"

namespace nestor::bench {

// How many of the calls of a load are of which kind, as shares of each other.
struct OperationMix {
  std::array<double, kOperationKinds> weights = {1, 0, 0};  // by OperationKind

  bool HasWrites() const { return weights[1] > 0 || weights[2] > 0; }
  double Share(OperationKind kind) const {
    return weights[static_cast<size_t>(kind)] / (weights[0] + weights[1] + weights[2]);
  }
  // The kind whose share `position` in [0, 1) falls into.
  OperationKind At(double position) const;
};

// "search=90,upsert=8,delete=2"; a kind that is not named has no share. INVALID_ARGUMENT for an
// unknown or repeated kind, a weight that is no number from 0 to a million, and a mix without
// searches: nothing would be measured.
absl::StatusOr<OperationMix> ParseOperationMix(absl::string_view text);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_OPERATION_MIX_H_
