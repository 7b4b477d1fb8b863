#include "benchmarks/measure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/benchmarks/bench_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::MakeMatrix;
using ::testing::ElementsAre;

// Answers with the first component of the query and counts its calls.
Variant Echo(const std::string& knob, int* calls) {
  return {knob, Json::object(), OneByOne([calls](const float* query, RowIds* rows) {
            ++*calls;
            rows->assign(1, static_cast<uint32_t>(query[0]));
            return absl::OkStatus();
          })};
}

TEST(MeasureTest, EveryVariantAnswersEveryQueryOnceMoreThanItIsTimed) {
  int calls[3] = {};
  const std::vector<Method> methods = {{"a", {}, {Echo("1", &calls[0]), Echo("2", &calls[1])}},
                                       {"b", {}, {Echo("3", &calls[2])}}};
  const std::vector<Measurement> measurements = *Measure(methods, MakeMatrix({{7, 0}, {9, 0}}), 3);
  EXPECT_THAT(calls, ElementsAre(8, 8, 8));
  ASSERT_EQ(measurements.size(), 3U);
  EXPECT_EQ(measurements[0].pass_micros.size(), 3U);
  EXPECT_EQ(measurements[1].method, 0U);
  EXPECT_EQ(measurements[1].variant, 1U);
  EXPECT_EQ(measurements[2].method, 1U);
  EXPECT_THAT(measurements[2].answers, ElementsAre(ElementsAre(7), ElementsAre(9)));
}

TEST(MeasureTest, AFailureNamesMethodAndKnob) {
  const Method method{"a", {}, {{"k 1", Json::object(), OneByOne([](const float*, RowIds*) {
                                   return absl::InternalError("broken");
                                 })}}};
  const absl::Status status = Measure({&method, 1}, MakeMatrix({{1}}), 1).status();
  EXPECT_EQ(status, absl::InternalError("a, k 1: broken"));
}

}  // namespace
}  // namespace nestor::bench
