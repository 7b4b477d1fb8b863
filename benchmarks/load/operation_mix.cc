#include "benchmarks/load/operation_mix.h"

#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr int kMaxWeight = 1'000'000;

std::optional<OperationKind> KindNamed(absl::string_view name) {
  for (size_t i = 0; i < kOperationKinds; ++i) {
    const auto kind = static_cast<OperationKind>(i);
    if (OperationName(kind) == name) return kind;
  }
  return std::nullopt;
}

absl::Status SetWeight(absl::string_view part, OperationMix* mix, std::array<bool, 3>* given) {
  const std::pair<absl::string_view, absl::string_view> words =
      absl::StrSplit(part, absl::MaxSplits('=', 1));
  const std::optional<OperationKind> kind = KindNamed(words.first);
  if (!kind.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("mix: '", words.first, "' is not search, upsert or delete"));
  }
  const auto at = static_cast<size_t>(*kind);
  if (std::exchange((*given)[at], true)) {
    return absl::InvalidArgumentError(absl::StrCat("mix: ", words.first, " is there twice"));
  }
  double& weight = mix->weights[at];
  if (!absl::SimpleAtod(words.second, &weight) || !(weight >= 0 && weight <= kMaxWeight)) {
    return absl::InvalidArgumentError(absl::StrCat("mix: the weight '", words.second, "' of ",
                                                   words.first, " is not in 0 to ", kMaxWeight));
  }
  return absl::OkStatus();
}

}  // namespace

OperationKind OperationMix::At(double position) const {
  if (position < Share(OperationKind::kSearch)) return OperationKind::kSearch;
  const double deletes_from = 1 - Share(OperationKind::kDelete);
  return weights[1] > 0 && (position < deletes_from || weights[2] == 0) ? OperationKind::kUpsert
                                                                        : OperationKind::kDelete;
}

absl::StatusOr<OperationMix> ParseOperationMix(absl::string_view text) {
  OperationMix mix;
  mix.weights = {};
  std::array<bool, 3> given = {};
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    NESTOR_RETURN_IF_ERROR(SetWeight(part, &mix, &given));
  }
  if (mix.weights[0] > 0) return mix;
  return absl::InvalidArgumentError("mix: there must be searches, or nothing is measured");
}

}  // namespace nestor::bench
