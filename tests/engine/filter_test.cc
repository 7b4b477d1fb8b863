#include "engine/filter.h"

#include <cmath>
#include <string>

#include "engine/limits.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace nestor {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

Scalar Text(const char* text) { return std::string(text); }

Filter Compare(std::string field, CompareOp op, std::vector<Scalar> values) {
  Filter filter;
  filter.kind = Filter::Kind::kCompare;
  filter.comparison = {std::move(field), op, std::move(values)};
  return filter;
}

Filter Not(Filter child) {
  Filter filter;
  filter.kind = Filter::Kind::kNot;
  filter.children.push_back(std::move(child));
  return filter;
}

bool Holds(CompareOp op, std::vector<Scalar> values, std::vector<Scalar> scalars) {
  Filter filter = Compare("f", op, std::move(values));
  PrepareFilter(&filter);
  return Matches(filter.comparison, {true, std::move(scalars)});
}

std::vector<std::string> Problems(const Filter& filter, const PayloadSchema& schema = {}) {
  Violations violations;
  ValidateFilter(filter, schema, "filter", &violations);
  std::vector<std::string> problems;
  for (const Violations::Violation& violation : violations.list()) {
    problems.push_back(violation.field + ": " + violation.problem);
  }
  return problems;
}

TEST(MatchesTest, AnyElementOfAListMaySatisfyAComparison) {
  const std::vector<Scalar> list = {int64_t{1}, Text("x"), int64_t{9}};
  EXPECT_TRUE(Holds(CompareOp::kEqual, {int64_t{9}}, list));
  EXPECT_TRUE(Holds(CompareOp::kLess, {int64_t{2}}, list));
  EXPECT_TRUE(Holds(CompareOp::kGreater, {8.5}, list));
  EXPECT_FALSE(Holds(CompareOp::kGreater, {int64_t{9}}, list));
  EXPECT_TRUE(Holds(CompareOp::kPrefix, {Text("")}, list));
  EXPECT_FALSE(Holds(CompareOp::kNotEqual, {int64_t{9}}, list));
}

TEST(MatchesTest, SetsOfValues) {
  const std::vector<Scalar> list = {Text("a"), Text("b")};
  EXPECT_TRUE(Holds(CompareOp::kIn, {Text("z"), Text("b")}, list));
  EXPECT_TRUE(Holds(CompareOp::kContainsAny, {Text("z"), Text("b")}, list));
  EXPECT_FALSE(Holds(CompareOp::kNotIn, {Text("z"), Text("b")}, list));
  EXPECT_TRUE(Holds(CompareOp::kContainsAll, {Text("b"), Text("a")}, list));
  EXPECT_FALSE(Holds(CompareOp::kContainsAll, {Text("b"), Text("c")}, list));
}

TEST(MatchesTest, WithoutTheFieldOnlyNegationsHold) {
  for (const CompareOp op : {CompareOp::kNotEqual, CompareOp::kNotIn}) {
    EXPECT_TRUE(Matches({"f", op, {int64_t{1}}}, {}));
  }
  for (const CompareOp op : {CompareOp::kEqual, CompareOp::kLess, CompareOp::kContainsAll}) {
    EXPECT_FALSE(Matches({"f", op, {int64_t{1}}}, {}));
  }
  EXPECT_FALSE(Matches({"f", CompareOp::kExists, {}}, {}));
  EXPECT_FALSE(Matches({"f", CompareOp::kIsNull, {}}, {}));
}

TEST(MatchesTest, ANullIsThereAndIsNoValue) {
  EXPECT_TRUE(Holds(CompareOp::kExists, {}, {Null()}));
  EXPECT_TRUE(Holds(CompareOp::kIsNull, {}, {Null()}));
  EXPECT_FALSE(Holds(CompareOp::kIsNull, {}, {int64_t{0}}));
  EXPECT_TRUE(Holds(CompareOp::kNotEqual, {int64_t{0}}, {Null()}));
  EXPECT_TRUE(Holds(CompareOp::kExists, {}, {}));  // an empty list
}

TEST(MatchesTest, NanEqualsNothing) {
  const std::vector<Scalar> nan = {std::nan("")};
  EXPECT_FALSE(Holds(CompareOp::kEqual, {1.0}, nan));
  EXPECT_FALSE(Holds(CompareOp::kLess, {1.0}, nan));
  EXPECT_FALSE(Holds(CompareOp::kGreaterOrEqual, {1.0}, nan));
  EXPECT_FALSE(Holds(CompareOp::kContainsAll, {1.0}, nan));
  EXPECT_TRUE(Holds(CompareOp::kNotEqual, {1.0}, nan));
}

TEST(ValidateFilterTest, NamesEveryProblemWithItsPlace) {
  Filter all;
  all.children = {Compare("a..b", CompareOp::kEqual, {int64_t{1}}),
                  Compare("f", CompareOp::kEqual, {}),
                  Compare("f", CompareOp::kIn, {}),
                  Compare("f", CompareOp::kExists, {int64_t{1}}),
                  Compare("f", CompareOp::kLess, {true}),
                  Compare("f", CompareOp::kPrefix, {int64_t{1}}),
                  Not(Compare("f", CompareOp::kIn, {int64_t{1}, Null(), std::nan("")}))};
  EXPECT_THAT(
      Problems(all),
      ElementsAre(
          "filter.all_of.filters[0].compare.field: 'a..b' is no path of names and dots of 1 to 256 "
          "bytes",
          "filter.all_of.filters[1].compare.values: EQ takes one value, not 0",
          "filter.all_of.filters[2].compare.values: IN takes at least one value, not 0",
          "filter.all_of.filters[3].compare.values: EXISTS takes no value, not 1",
          "filter.all_of.filters[4].compare.values[0]: is of type bool; LT takes what has an order",
          "filter.all_of.filters[5].compare.values[0]: is of type int64; PREFIX takes a string",
          "filter.all_of.filters[6].none_of.compare.values[1]: is null; IS_NULL looks for that",
          "filter.all_of.filters[6].none_of.compare.values[2]: is NaN, which equals nothing"));
}

TEST(ValidateFilterTest, AnIndexSaysWhatItsFieldIsComparedWith) {
  const PayloadSchema schema = {{"word", FieldType::kKeyword}, {"size", FieldType::kInt}};
  EXPECT_THAT(Problems(Compare("word", CompareOp::kEqual, {int64_t{1}}), schema),
              ElementsAre("filter.compare.values[0]: is of type int64; field 'word' is indexed as "
                          "keyword"));
  EXPECT_THAT(Problems(Compare("size", CompareOp::kLess, {1.5}), schema), SizeIs(0));
  EXPECT_THAT(Problems(Compare("other", CompareOp::kEqual, {int64_t{1}}), schema), SizeIs(0));
}

TEST(ValidateFilterTest, LimitsDepthAndValues) {
  Filter deep = Compare("f", CompareOp::kExists, {});
  for (size_t depth = 1; depth < kMaxFilterDepth; ++depth) deep = Not(std::move(deep));
  EXPECT_THAT(Problems(deep), SizeIs(0));
  EXPECT_THAT(Problems(Not(std::move(deep))), SizeIs(1));

  Filter wide = Compare("f", CompareOp::kIn, std::vector<Scalar>(kMaxFilterValues, int64_t{1}));
  EXPECT_THAT(Problems(wide), SizeIs(0));
  EXPECT_THAT(
      Problems(Compare("f", CompareOp::kIn, std::vector<Scalar>(kMaxFilterValues + 1, int64_t{1}))),
      ElementsAre("filter.compare.values: brings the filter to 10001 values; the limit is "
                  "10000"));
}

TEST(FieldsOfTest, NamesEachFieldOnce) {
  Filter any;
  any.kind = Filter::Kind::kAnyOf;
  any.children = {Compare("b", CompareOp::kExists, {}), Not(Compare("a", CompareOp::kExists, {})),
                  Compare("b", CompareOp::kIsNull, {})};
  EXPECT_THAT(FieldsOf(any), ElementsAre("a", "b"));
}

}  // namespace
}  // namespace nestor
