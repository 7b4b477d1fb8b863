#include "tests/engine/model_filter.h"

#include <algorithm>
#include <compare>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace nestor::testing {
namespace {

using storage::PayloadRecord;
using storage::PayloadValue;

const IndexedField kFields[] = {
    {"word", FieldType::kKeyword}, {"size", FieldType::kInt},  {"ratio", FieldType::kDouble},
    {"flag", FieldType::kBool},    {"time", FieldType::kTime}, {"object.word", FieldType::kKeyword},
};

std::string RandomWord(Random* random) {
  return std::string(1 + random->Below(2), static_cast<char>('a' + random->Below(4)));
}

void FillValue(const IndexedField& field, Random* random, PayloadValue* value) {
  if (random->OneIn(12)) return;  // null
  if (random->OneIn(12)) return value->set_string_value("odd");
  if (random->OneIn(5)) {
    value->mutable_list_value();
    for (size_t i = random->Below(4); i > 0; --i) {
      FillValue(field, random, value->mutable_list_value()->add_items());
    }
    return;
  }
  switch (field.type) {
    case FieldType::kKeyword:
      return value->set_string_value(RandomWord(random));
    case FieldType::kInt:
      return value->set_int_value(static_cast<int64_t>(random->Below(20)));
    case FieldType::kDouble:
      return value->set_double_value(static_cast<double>(random->Below(40)) / 4);
    case FieldType::kBool:
      return value->set_bool_value(random->OneIn(2));
    case FieldType::kTime:
      value->mutable_time_value()->set_seconds(static_cast<int64_t>(random->Below(10)));
      return;
  }
}

Scalar RandomOperand(const IndexedField& field, Random* random) {
  switch (field.type) {
    case FieldType::kKeyword:
      return RandomWord(random);
    case FieldType::kInt:
      return static_cast<int64_t>(random->Below(20));
    case FieldType::kDouble:
      return static_cast<double>(random->Below(40)) / 4;
    case FieldType::kBool:
      return random->OneIn(2);
    case FieldType::kTime:
      return absl::FromUnixSeconds(static_cast<int64_t>(random->Below(10)));
  }
  return Null();
}

Filter RandomComparison(Random* random) {
  const IndexedField& field = kFields[random->Below(std::size(kFields))];
  Filter filter;
  filter.kind = Filter::Kind::kCompare;
  filter.comparison.field = field.path;
  filter.comparison.op = static_cast<CompareOp>(random->Below(13));
  switch (filter.comparison.op) {
    case CompareOp::kExists:
    case CompareOp::kIsNull:
      break;
    case CompareOp::kIn:
    case CompareOp::kNotIn:
    case CompareOp::kContainsAny:
    case CompareOp::kContainsAll:
      filter.comparison.values.push_back(RandomOperand(field, random));
      [[fallthrough]];
    default:
      filter.comparison.values.push_back(RandomOperand(field, random));
  }
  return filter;
}

Filter RandomTree(const std::function<PointId()>& random_id, size_t depth, Random* random) {
  const size_t kind = random->Below(depth == 0 ? 4 : 8);
  if (kind < 3) return RandomComparison(random);
  Filter filter;
  if (kind == 3) {
    filter.kind = Filter::Kind::kHasId;
    for (size_t i = 1 + random->Below(20); i > 0; --i) filter.ids.push_back(random_id());
    return filter;
  }
  filter.kind = kind < 6    ? Filter::Kind::kAllOf
                : kind == 6 ? Filter::Kind::kAnyOf
                            : Filter::Kind::kNot;
  const size_t children = filter.kind == Filter::Kind::kNot ? 1 : random->Below(4);
  for (size_t i = 0; i < children; ++i) {
    filter.children.push_back(RandomTree(random_id, depth - 1, random));
  }
  return filter;
}

bool Equal(const Scalar& a, const Scalar& b) {
  return Compare(a, b) == std::partial_ordering::equivalent;
}

bool SatisfiesOne(const Comparison& comparison, const Scalar& have) {
  const std::vector<Scalar>& values = comparison.values;
  switch (comparison.op) {
    case CompareOp::kLess:
      return std::is_lt(Compare(have, values[0]));
    case CompareOp::kLessOrEqual:
      return std::is_lteq(Compare(have, values[0]));
    case CompareOp::kGreater:
      return std::is_gt(Compare(have, values[0]));
    case CompareOp::kGreaterOrEqual:
      return std::is_gteq(Compare(have, values[0]));
    case CompareOp::kIsNull:
      return std::holds_alternative<Null>(have);
    case CompareOp::kPrefix:
      return std::holds_alternative<std::string>(have) &&
             absl::StartsWith(std::get<std::string>(have), std::get<std::string>(values[0]));
    default:
      for (const Scalar& value : values) {
        if (Equal(have, value)) return true;
      }
      return false;
  }
}

bool SatisfiesComparison(const Comparison& comparison, const FieldValues& have) {
  if (comparison.op == CompareOp::kExists) return have.present;
  if (comparison.op == CompareOp::kContainsAll) {
    for (const Scalar& value : comparison.values) {
      bool found = false;
      for (const Scalar& scalar : have.scalars) found |= Equal(scalar, value);
      if (!found) return false;
    }
    return true;
  }
  bool any = false;
  for (const Scalar& scalar : have.scalars) any |= SatisfiesOne(comparison, scalar);
  const bool negated = comparison.op == CompareOp::kNotEqual || comparison.op == CompareOp::kNotIn;
  return any != negated;
}

bool SatisfiesNode(const Filter& filter, const PointId& id, const PayloadRecord& payload) {
  switch (filter.kind) {
    case Filter::Kind::kAllOf:
      for (const Filter& child : filter.children) {
        if (!SatisfiesNode(child, id, payload)) return false;
      }
      return true;
    case Filter::Kind::kAnyOf:
      for (const Filter& child : filter.children) {
        if (SatisfiesNode(child, id, payload)) return true;
      }
      return false;
    case Filter::Kind::kNot:
      return !SatisfiesNode(filter.children[0], id, payload);
    case Filter::Kind::kCompare:
      return SatisfiesComparison(filter.comparison, ValuesAt(payload, filter.comparison.field));
    case Filter::Kind::kHasId:
      return std::count(filter.ids.begin(), filter.ids.end(), id) > 0;
  }
  return false;
}

}  // namespace

PayloadSchema RandomSchema(Random* random) {
  PayloadSchema schema;
  for (const IndexedField& field : kFields) {
    if (random->OneIn(2)) schema.push_back(field);
  }
  return schema;
}

IndexedField RandomIndex(Random* random) { return kFields[random->Below(std::size(kFields))]; }

std::string RandomPayload(Random* random) {
  PayloadRecord payload;
  for (const IndexedField& field : kFields) {
    if (random->OneIn(3)) continue;
    PayloadRecord::Field* out = payload.add_fields();
    if (field.path == "object.word") {
      out->set_name("object");
      out = out->mutable_value()->mutable_object_value()->add_fields();
      out->set_name("word");
    } else {
      out->set_name(field.path);
    }
    FillValue(field, random, out->mutable_value());
  }
  return payload.SerializeAsString();
}

PayloadPatch RandomPatch(Random* random) {
  PayloadPatch patch;
  EXPECT_TRUE(patch.set.ParseFromString(RandomPayload(random)));
  std::set<std::string> set;
  for (const PayloadRecord::Field& field : patch.set.fields()) set.insert(field.name());
  for (const char* name : {"word", "size", "object", "nothing of that name"}) {
    if (set.count(name) == 0 && random->OneIn(2)) patch.remove.push_back(name);
  }
  return patch;
}

std::string Patched(const std::string& payload, const PayloadPatch& patch) {
  PayloadRecord before;
  PayloadRecord after;
  EXPECT_TRUE(before.ParseFromString(payload));
  std::map<std::string, PayloadValue> set;
  for (const PayloadRecord::Field& field : patch.set.fields()) set[field.name()] = field.value();
  for (const PayloadRecord::Field& field : before.fields()) {
    if (std::count(patch.remove.begin(), patch.remove.end(), field.name()) > 0) continue;
    *after.add_fields() = field;
    if (set.count(field.name()) == 0) continue;
    *after.mutable_fields()->rbegin()->mutable_value() = set[field.name()];
    set.erase(field.name());
  }
  for (const auto& [name, value] : set) {
    after.add_fields()->set_name(name);
    *after.mutable_fields()->rbegin()->mutable_value() = value;
  }
  return after.SerializeAsString();
}

Filter RandomFilter(const PayloadSchema& schema, const std::function<PointId()>& random_id,
                    Random* random) {
  for (;;) {
    Filter filter = RandomTree(random_id, 3, random);
    Violations violations;
    ValidateFilter(filter, schema, "filter", &violations);
    if (!violations.empty()) continue;  // an operator that the type does not have
    PrepareFilter(&filter);
    return filter;
  }
}

bool Satisfies(const Filter& filter, const PointId& id, const std::string& payload) {
  PayloadRecord record;
  EXPECT_TRUE(record.ParseFromString(payload));
  return SatisfiesNode(filter, id, record);
}

}  // namespace nestor::testing
