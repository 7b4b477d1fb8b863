#ifndef NESTOR_ENGINE_SCALAR_H_
#define NESTOR_ENGINE_SCALAR_H_

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <variant>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace nestor {

struct Null {
  friend bool operator==(const Null&, const Null&) { return true; }
};

// One value of a payload that is neither a list nor an object: what filters compare and payload
// indexes hold.
using Scalar = std::variant<Null, bool, int64_t, double, std::string, absl::Time>;

// A number that holds every int64 and every double exactly, so that both kinds have one order: the
// 64 bits of mantissa of x87, or more elsewhere.
using Number = long double;
static_assert(std::numeric_limits<Number>::digits >= 64);

inline bool IsNumber(const Scalar& scalar) {
  return std::holds_alternative<int64_t>(scalar) || std::holds_alternative<double>(scalar);
}
// REQUIRES: IsNumber(scalar).
inline Number NumberOf(const Scalar& scalar) {
  const auto* integer = std::get_if<int64_t>(&scalar);
  return integer != nullptr ? Number{static_cast<Number>(*integer)} : std::get<double>(scalar);
}

// The order of two scalars. Integers and doubles compare by their exact values; strings by bytes;
// false before true. Scalars of different kinds, nulls, and NaN are unordered: nothing equals them.
std::partial_ordering Compare(const Scalar& a, const Scalar& b);

// A total order for sorting and searching: by kind (numbers are one kind), then as Compare says.
// NaN is not to be sorted.
struct ScalarLess {
  bool operator()(const Scalar& a, const Scalar& b) const;
};

// "bool", "int64", "double", "string", "timestamp", "null".
absl::string_view KindName(const Scalar& scalar);

}  // namespace nestor

#endif  // NESTOR_ENGINE_SCALAR_H_
