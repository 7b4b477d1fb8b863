#include "engine/filter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <compare>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/limits.h"

namespace nestor {
namespace {

bool IsNan(const Scalar& scalar) { return IsNumber(scalar) && std::isnan(NumberOf(scalar)); }

bool IsOneOf(const std::vector<Scalar>& values, const Scalar& scalar) {
  return !IsNan(scalar) && std::binary_search(values.begin(), values.end(), scalar, ScalarLess());
}

template <typename Test>
bool AnyScalar(const FieldValues& values, Test test) {
  return std::any_of(values.scalars.begin(), values.scalars.end(), test);
}

template <typename Accept>
bool AnyOrdered(const Comparison& comparison, const FieldValues& values, Accept accept) {
  return AnyScalar(values,
                   [&](const Scalar& s) { return accept(Compare(s, comparison.values[0])); });
}

bool ContainsAll(const std::vector<Scalar>& wanted, const FieldValues& values) {
  std::vector<Scalar> have;
  std::copy_if(values.scalars.begin(), values.scalars.end(), std::back_inserter(have),
               [](const Scalar& s) { return !IsNan(s); });
  std::sort(have.begin(), have.end(), ScalarLess());
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const Scalar& value) { return IsOneOf(have, value); });
}

bool HasPrefix(const Scalar& scalar, const Scalar& prefix) {
  const auto* text = std::get_if<std::string>(&scalar);
  return text != nullptr && absl::StartsWith(*text, std::get<std::string>(prefix));
}

bool TakesNoValue(CompareOp op) { return op == CompareOp::kExists || op == CompareOp::kIsNull; }

bool TakesManyValues(CompareOp op) {
  return op == CompareOp::kIn || op == CompareOp::kNotIn || op == CompareOp::kContainsAny ||
         op == CompareOp::kContainsAll;
}

bool NeedsOrder(CompareOp op) {
  return op == CompareOp::kLess || op == CompareOp::kLessOrEqual || op == CompareOp::kGreater ||
         op == CompareOp::kGreaterOrEqual;
}

// What is wrong with one value of a comparison; empty: nothing.
std::string ValueProblem(const Comparison& comparison, const Scalar& value,
                         const IndexedField* index) {
  if (std::holds_alternative<Null>(value)) return "is null; IS_NULL looks for that";
  if (IsNan(value)) return "is NaN, which equals nothing";
  if (comparison.op == CompareOp::kPrefix && !std::holds_alternative<std::string>(value)) {
    return absl::StrCat("is of type ", KindName(value), "; PREFIX takes a string");
  }
  if (NeedsOrder(comparison.op) && std::holds_alternative<bool>(value)) {
    return absl::StrCat("is of type bool; ", OpName(comparison.op), " takes what has an order");
  }
  if (index != nullptr && !Holds(index->type, value)) {
    return absl::StrCat("is of type ", KindName(value), "; field '", index->path,
                        "' is indexed as ", FieldTypeName(index->type));
  }
  return "";
}

class FilterValidator {
 public:
  FilterValidator(const PayloadSchema& schema, Violations* violations)
      : schema_(schema), violations_(violations) {}

  void Check(const Filter& filter, const std::string& field, size_t depth) {
    if (depth > kMaxFilterDepth) {
      violations_->Add(field, absl::StrCat("is nested deeper than ", kMaxFilterDepth));
      return;
    }
    switch (filter.kind) {
      case Filter::Kind::kAllOf:
        return CheckChildren(filter, absl::StrCat(field, ".all_of.filters"), depth);
      case Filter::Kind::kAnyOf:
        return CheckChildren(filter, absl::StrCat(field, ".any_of.filters"), depth);
      case Filter::Kind::kNot:
        return Check(filter.children.front(), absl::StrCat(field, ".none_of"), depth + 1);
      case Filter::Kind::kHasId:
        return Count(filter.ids.size(), absl::StrCat(field, ".has_id.ids"));
      case Filter::Kind::kCompare:
        return CheckComparison(filter.comparison, absl::StrCat(field, ".compare"));
    }
  }

 private:
  void CheckChildren(const Filter& filter, const std::string& field, size_t depth) {
    Count(filter.children.size(), field);
    for (size_t i = 0; i < filter.children.size(); ++i) {
      Check(filter.children[i], absl::StrCat(field, "[", i, "]"), depth + 1);
    }
  }

  // Says so once, where the limit is passed.
  void Count(size_t values, const std::string& field) {
    const bool was_within = values_ <= kMaxFilterValues;
    values_ += values;
    if (was_within && values_ > kMaxFilterValues) {
      violations_->Add(field, absl::StrCat("brings the filter to ", values_,
                                           " values; the limit is ", kMaxFilterValues));
    }
  }

  void CheckComparison(const Comparison& comparison, const std::string& field) {
    if (!IsFieldPath(comparison.field)) {
      violations_->Add(absl::StrCat(field, ".field"), FieldPathProblem(comparison.field));
    }
    const std::vector<Scalar>& values = comparison.values;
    const std::string values_field = absl::StrCat(field, ".values");
    Count(values.size(), values_field);
    if (TakesNoValue(comparison.op)
            ? !values.empty()
            : (TakesManyValues(comparison.op) ? values.empty() : values.size() != 1)) {
      violations_->Add(values_field,
                       absl::StrCat(OpName(comparison.op), " takes ",
                                    TakesNoValue(comparison.op)      ? "no value"
                                    : TakesManyValues(comparison.op) ? "at least one value"
                                                                     : "one value",
                                    ", not ", values.size()));
      return;
    }
    const IndexedField* index = FindField(schema_, comparison.field);
    for (size_t i = 0; i < values.size(); ++i) {
      const std::string problem = ValueProblem(comparison, values[i], index);
      if (!problem.empty()) violations_->Add(absl::StrCat(values_field, "[", i, "]"), problem);
    }
  }

  const PayloadSchema& schema_;
  Violations* const violations_;
  size_t values_ = 0;
};

void AddFields(const Filter& filter, std::set<std::string>* fields) {
  if (filter.kind == Filter::Kind::kCompare) fields->insert(filter.comparison.field);
  for (const Filter& child : filter.children) AddFields(child, fields);
}

}  // namespace

void PrepareFilter(Filter* filter) {
  for (Filter& child : filter->children) PrepareFilter(&child);
  std::sort(filter->ids.begin(), filter->ids.end());
  std::vector<Scalar>& values = filter->comparison.values;
  std::sort(values.begin(), values.end(), ScalarLess());
  const auto same = [](const Scalar& a, const Scalar& b) {
    return !ScalarLess()(a, b) && !ScalarLess()(b, a);
  };
  values.erase(std::unique(values.begin(), values.end(), same), values.end());
}

void ValidateFilter(const Filter& filter, const PayloadSchema& schema, absl::string_view field,
                    Violations* violations) {
  FilterValidator(schema, violations).Check(filter, std::string(field), 1);
}

bool Matches(const Comparison& comparison, const FieldValues& values) {
  const auto equals = [&](const Scalar& s) { return IsOneOf(comparison.values, s); };
  switch (comparison.op) {
    case CompareOp::kEqual:
    case CompareOp::kIn:
    case CompareOp::kContainsAny:
      return AnyScalar(values, equals);
    case CompareOp::kNotEqual:
    case CompareOp::kNotIn:
      return !AnyScalar(values, equals);
    case CompareOp::kLess:
      return AnyOrdered(comparison, values, [](auto order) { return std::is_lt(order); });
    case CompareOp::kLessOrEqual:
      return AnyOrdered(comparison, values, [](auto order) { return std::is_lteq(order); });
    case CompareOp::kGreater:
      return AnyOrdered(comparison, values, [](auto order) { return std::is_gt(order); });
    case CompareOp::kGreaterOrEqual:
      return AnyOrdered(comparison, values, [](auto order) { return std::is_gteq(order); });
    case CompareOp::kContainsAll:
      return ContainsAll(comparison.values, values);
    case CompareOp::kExists:
      return values.present;
    case CompareOp::kIsNull:
      return AnyScalar(values, [](const Scalar& s) { return std::holds_alternative<Null>(s); });
    case CompareOp::kPrefix:
      return AnyScalar(values, [&](const Scalar& s) { return HasPrefix(s, comparison.values[0]); });
  }
  return false;
}

bool Matches(const Filter& filter, const storage::PayloadRecord& payload,
             absl::FunctionRef<bool(const Filter&)> has_id) {
  const auto matches = [&](const Filter& child) { return Matches(child, payload, has_id); };
  switch (filter.kind) {
    case Filter::Kind::kAllOf:
      return std::all_of(filter.children.begin(), filter.children.end(), matches);
    case Filter::Kind::kAnyOf:
      return std::any_of(filter.children.begin(), filter.children.end(), matches);
    case Filter::Kind::kNot:
      return !matches(filter.children.front());
    case Filter::Kind::kCompare:
      return Matches(filter.comparison, ValuesAt(payload, filter.comparison.field));
    case Filter::Kind::kHasId:
      return has_id(filter);
  }
  return false;
}

std::vector<std::string> FieldsOf(const Filter& filter) {
  std::set<std::string> fields;
  AddFields(filter, &fields);
  return {fields.begin(), fields.end()};
}

absl::string_view OpName(CompareOp op) {
  static constexpr std::array<absl::string_view, 13> kNames = {
      "EQ",     "NE",           "LT",           "LE",     "GT",      "GE",    "IN",
      "NOT_IN", "CONTAINS_ANY", "CONTAINS_ALL", "EXISTS", "IS_NULL", "PREFIX"};
  return kNames[static_cast<size_t>(op)];
}

}  // namespace nestor
