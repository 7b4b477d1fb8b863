#include "engine/payload_index.h"

#include <cmath>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

using testing::Random;

constexpr uint32_t kRows = 500;
constexpr FieldType kTypes[] = {FieldType::kKeyword, FieldType::kInt, FieldType::kDouble,
                                FieldType::kBool, FieldType::kTime};

Scalar RandomOfKind(size_t kind, Random* random) {
  switch (kind) {
    case 0:
      return random->OneIn(2);
    case 1:
      return static_cast<int64_t>(random->Below(12)) - 6;
    case 2:
      return static_cast<double>(random->Below(24)) / 2 - 6;
    case 3:
      return std::string(random->Below(4), static_cast<char>('a' + random->Below(3)));
    case 4:
      return absl::FromUnixNanos(static_cast<int64_t>(random->Below(10)));
    case 5:
      return Null();
    default:
      return std::nan("");
  }
}

// Mostly of the kind that the index holds, sometimes anything.
Scalar RandomScalar(FieldType type, Random* random) {
  if (random->OneIn(5)) return RandomOfKind(random->Below(7), random);
  Scalar scalar;
  do {
    scalar = RandomOfKind(random->Below(5), random);
  } while (!Holds(type, scalar));
  return scalar;
}

FieldValues RandomValues(FieldType type, Random* random) {
  FieldValues values;
  values.present = !random->OneIn(4);
  if (!values.present) return values;
  const size_t count = random->OneIn(3) ? random->Below(4) : 1;
  for (size_t i = 0; i < count; ++i) values.scalars.push_back(RandomScalar(type, random));
  return values;
}

Filter RandomComparison(FieldType type, CompareOp op, Random* random) {
  Filter filter;
  filter.kind = Filter::Kind::kCompare;
  filter.comparison.field = "f";
  filter.comparison.op = op;
  const bool many = op == CompareOp::kIn || op == CompareOp::kNotIn ||
                    op == CompareOp::kContainsAny || op == CompareOp::kContainsAll;
  size_t count = many ? 1 + random->Below(4) : 1;
  if (op == CompareOp::kExists || op == CompareOp::kIsNull) count = 0;
  while (filter.comparison.values.size() < count) {
    const Scalar scalar = RandomScalar(type, random);
    if (Holds(type, scalar)) filter.comparison.values.push_back(scalar);
  }
  return filter;
}

std::vector<uint32_t> Rows(const RowSet& rows) { return {rows.begin(), rows.end()}; }

std::vector<uint32_t> RowsThatMatch(const Comparison& comparison,
                                    const std::vector<FieldValues>& values) {
  std::vector<uint32_t> rows;
  for (uint32_t row = 0; row < values.size(); ++row) {
    if (Matches(comparison, values[row])) rows.push_back(row);
  }
  return rows;
}

class PayloadIndexTest : public ::testing::TestWithParam<FieldType> {
 protected:
  // Compares every operator with a look at each row.
  void ExpectAgreement(const FieldIndex& index, const std::vector<FieldValues>& values) {
    const PayloadSchema schema = {{"f", GetParam()}};
    for (int i = 0; i <= static_cast<int>(CompareOp::kPrefix); ++i) {
      const auto op = static_cast<CompareOp>(i);
      for (int trial = 0; trial < 20; ++trial) {
        Filter filter = RandomComparison(GetParam(), op, &random_);
        Violations violations;
        ValidateFilter(filter, schema, "filter", &violations);
        if (!violations.empty()) continue;  // an operator that this type does not have
        PrepareFilter(&filter);
        ++compared_;
        EXPECT_EQ(Rows(index.Rows(filter.comparison, static_cast<uint32_t>(values.size()))),
                  RowsThatMatch(filter.comparison, values))
            << OpName(op) << " " << FieldTypeName(GetParam());
      }
    }
  }

  Random random_{17};
  int compared_ = 0;
};

TEST_P(PayloadIndexTest, FindsTheRowsThatMatch) {
  std::vector<FieldValues> values;
  FieldIndexBuilder builder(GetParam());
  for (uint32_t row = 0; row < kRows; ++row) {
    values.push_back(RandomValues(GetParam(), &random_));
    builder.Add(row, values.back());
  }
  ExpectAgreement(std::move(builder).Finish(), values);
  EXPECT_GE(compared_, 160);
}

TEST_P(PayloadIndexTest, AMergeFindsTheRowsThatAreLeft) {
  std::vector<FieldValues> merged;
  FieldIndexBuilder builder(GetParam());
  for (int input = 0; input < 3; ++input) {
    FieldIndexBuilder part(GetParam());
    std::vector<uint32_t> new_rows;
    for (uint32_t row = 0; row < kRows; ++row) {
      const FieldValues values = RandomValues(GetParam(), &random_);
      part.Add(row, values);
      const bool dropped = random_.OneIn(3);
      new_rows.push_back(dropped ? FieldIndexBuilder::kDropped
                                 : static_cast<uint32_t>(merged.size()));
      if (!dropped) merged.push_back(values);
    }
    builder.AddFrom(std::move(part).Finish(), new_rows);
  }
  ExpectAgreement(std::move(builder).Finish(), merged);
}

INSTANTIATE_TEST_SUITE_P(Types, PayloadIndexTest, ::testing::ValuesIn(kTypes),
                         [](const auto& info) { return std::string(FieldTypeName(info.param)); });

TEST(FieldIndexTest, TellsNumbersApartThatNoDoubleCan) {
  constexpr int64_t kBig = (int64_t{1} << 60) + 1;
  FieldIndexBuilder builder(FieldType::kInt);
  builder.Add(0, {true, {kBig}});
  builder.Add(1, {true, {kBig - 1}});
  builder.Add(2, {true, {static_cast<double>(kBig - 1)}});
  const FieldIndex index = std::move(builder).Finish();
  EXPECT_EQ(Rows(index.Rows({"f", CompareOp::kEqual, {kBig}}, 3)), (std::vector<uint32_t>{0}));
  EXPECT_EQ(Rows(index.Rows({"f", CompareOp::kEqual, {kBig - 1}}, 3)),
            (std::vector<uint32_t>{1, 2}));
}

}  // namespace
}  // namespace nestor
