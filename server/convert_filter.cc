#include "server/convert_filter.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/limits.h"
#include "server/convert_point.h"
#include "server/convert_time.h"
#include "storage/crc32c.h"
#include "storage/deterministic.h"

namespace nestor {
namespace {

std::optional<CompareOp> ReadOp(v1::Filter::Op op) {
  switch (op) {
    case v1::Filter::EQ:
      return CompareOp::kEqual;
    case v1::Filter::NE:
      return CompareOp::kNotEqual;
    case v1::Filter::LT:
      return CompareOp::kLess;
    case v1::Filter::LE:
      return CompareOp::kLessOrEqual;
    case v1::Filter::GT:
      return CompareOp::kGreater;
    case v1::Filter::GE:
      return CompareOp::kGreaterOrEqual;
    case v1::Filter::IN:
      return CompareOp::kIn;
    case v1::Filter::NOT_IN:
      return CompareOp::kNotIn;
    case v1::Filter::CONTAINS_ANY:
      return CompareOp::kContainsAny;
    case v1::Filter::CONTAINS_ALL:
      return CompareOp::kContainsAll;
    case v1::Filter::EXISTS:
      return CompareOp::kExists;
    case v1::Filter::IS_NULL:
      return CompareOp::kIsNull;
    case v1::Filter::PREFIX:
      return CompareOp::kPrefix;
    default:
      return std::nullopt;
  }
}

std::optional<Scalar> ReadScalar(const v1::Value& value, const std::string& field,
                                 Violations* violations) {
  switch (value.kind_case()) {
    case v1::Value::kBoolValue:
      return value.bool_value();
    case v1::Value::kIntValue:
      return int64_t{value.int_value()};
    case v1::Value::kDoubleValue:
      return value.double_value();
    case v1::Value::kStringValue:
      return value.string_value();
    case v1::Value::kTimeValue:
      return ReadTimestamp(value.time_value());
    case v1::Value::KIND_NOT_SET:
      return Null();
    default:
      violations->Add(field, value.has_list_value() ? "is a list; give its elements as values"
                                                    : "is an object; filters compare its fields");
      return std::nullopt;
  }
}

// Adds a violation for what the engine's form cannot say; ValidateFilter finds the others.
class FilterReader {
 public:
  explicit FilterReader(Violations* violations) : violations_(violations) {}

  Filter Read(const v1::Filter& wire, const std::string& field, size_t depth) {
    Filter filter;
    if (depth > kMaxFilterDepth) {
      violations_->Add(field, absl::StrCat("is nested deeper than ", kMaxFilterDepth));
      return filter;
    }
    switch (wire.node_case()) {
      case v1::Filter::kAllOf:
        filter.kind = Filter::Kind::kAllOf;
        ReadChildren(wire.all_of().filters(), field + ".all_of.filters", depth, &filter);
        break;
      case v1::Filter::kAnyOf:
        filter.kind = Filter::Kind::kAnyOf;
        ReadChildren(wire.any_of().filters(), field + ".any_of.filters", depth, &filter);
        break;
      case v1::Filter::kNoneOf:
        filter.kind = Filter::Kind::kNot;
        filter.children.push_back(Read(wire.none_of(), field + ".none_of", depth + 1));
        break;
      case v1::Filter::kCompare:
        filter.kind = Filter::Kind::kCompare;
        ReadComparison(wire.compare(), field + ".compare", &filter.comparison);
        break;
      case v1::Filter::kHasId:
        filter.kind = Filter::Kind::kHasId;
        ReadFilterIds(wire.has_id(), field + ".has_id.ids", &filter);
        break;
      case v1::Filter::NODE_NOT_SET:
        violations_->Add(field, "is empty: all_of, any_of, none_of, compare or has_id must be set");
        break;
    }
    return filter;
  }

 private:
  void ReadChildren(const google::protobuf::RepeatedPtrField<v1::Filter>& wire,
                    const std::string& field, size_t depth, Filter* filter) {
    if (!Count(wire.size(), field)) return;
    for (int i = 0; i < wire.size(); ++i) {
      filter->children.push_back(Read(wire[i], absl::StrCat(field, "[", i, "]"), depth + 1));
    }
  }

  void ReadComparison(const v1::Filter::Compare& wire, const std::string& field,
                      Comparison* comparison) {
    comparison->field = wire.field();
    if (const std::optional<CompareOp> op = ReadOp(wire.op())) {
      comparison->op = *op;
    } else {
      violations_->Add(field + ".op", absl::StrCat(static_cast<int>(wire.op()), " is no operator"));
    }
    if (!Count(wire.values_size(), field + ".values")) return;
    for (int i = 0; i < wire.values_size(); ++i) {
      std::optional<Scalar> scalar =
          ReadScalar(wire.values(i), absl::StrCat(field, ".values[", i, "]"), violations_);
      if (scalar) comparison->values.push_back(*std::move(scalar));
    }
  }

  void ReadFilterIds(const v1::Filter::HasId& wire, const std::string& field, Filter* filter) {
    if (!Count(wire.ids_size(), field)) return;
    for (int i = 0; i < wire.ids_size(); ++i) {
      std::optional<PointId> id =
          ReadId(wire.ids(i), absl::StrCat(field, "[", i, "]"), violations_);
      if (id) filter->ids.push_back(*std::move(id));
    }
  }

  // A part of the request becomes many times larger when it is converted: what exceeds the limit is
  // not. False, and said once, when it does.
  bool Count(int parts, const std::string& field) {
    if (parts_ > kMaxFilterValues) return false;
    parts_ += static_cast<size_t>(parts);
    if (parts_ <= kMaxFilterValues) return true;
    violations_->Add(field, absl::StrCat("brings the filter to ", parts_, " values; the limit is ",
                                         kMaxFilterValues));
    return false;
  }

  Violations* const violations_;
  size_t parts_ = 0;
};

void RequireIndexes(const Filter& filter, const PayloadSchema& schema, absl::string_view field,
                    Violations* violations) {
  for (const std::string& path : FieldsOf(filter)) {
    if (FindField(schema, path) != nullptr) continue;
    violations->Add(field, absl::StrCat("field '", path,
                                        "' has no payload index, and this collection takes "
                                        "filters on indexed fields only"));
  }
}

}  // namespace

std::optional<Filter> ReadFilter(const v1::Filter& wire, const Collection& collection,
                                 absl::string_view field, Violations* violations) {
  Violations found;
  Filter filter = FilterReader(&found).Read(wire, std::string(field), 1);
  const std::shared_ptr<const View> view = collection.view();
  if (found.empty()) ValidateFilter(filter, *view->schema, field, &found);
  if (found.empty() && collection.spec().indexed_filters_only) {
    RequireIndexes(filter, *view->schema, field, &found);
  }
  for (const Violations::Violation& violation : found.list()) {
    violations->Add(violation.field, violation.problem);
  }
  if (!found.empty()) return std::nullopt;
  PrepareFilter(&filter);
  return filter;
}

uint32_t FilterFingerprint(const v1::Filter& filter) {
  return Crc32c(SerializeDeterministically(filter));
}

}  // namespace nestor
