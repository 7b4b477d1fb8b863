#include "engine/scalar.h"

#include <array>

namespace nestor {

std::partial_ordering Compare(const Scalar& a, const Scalar& b) {
  if (IsNumber(a) && IsNumber(b)) return NumberOf(a) <=> NumberOf(b);
  if (a.index() != b.index()) return std::partial_ordering::unordered;
  if (const auto* text = std::get_if<std::string>(&a)) return *text <=> std::get<std::string>(b);
  if (const auto* flag = std::get_if<bool>(&a)) return *flag <=> std::get<bool>(b);
  if (const auto* time = std::get_if<absl::Time>(&a)) {
    const absl::Time other = std::get<absl::Time>(b);
    if (*time == other) return std::partial_ordering::equivalent;
    return *time < other ? std::partial_ordering::less : std::partial_ordering::greater;
  }
  return std::partial_ordering::unordered;
}

bool ScalarLess::operator()(const Scalar& a, const Scalar& b) const {
  const bool numbers = IsNumber(a) && IsNumber(b);
  if (!numbers && a.index() != b.index()) return a.index() < b.index();
  return Compare(a, b) == std::partial_ordering::less;
}

absl::string_view KindName(const Scalar& scalar) {
  static constexpr std::array<absl::string_view, std::variant_size_v<Scalar>> kNames = {
      "null", "bool", "int64", "double", "string", "timestamp"};
  return kNames[scalar.index()];
}

}  // namespace nestor
