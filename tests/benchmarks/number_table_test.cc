#include "benchmarks/number_table.h"

#include <gtest/gtest.h>

#include <sstream>

namespace nestor::bench {
namespace {

TEST(NumberTableTest, TextLeansLeftAndNumbersLeanRight) {
  NumberTable table({"name", "n", "x"}, 1);
  table.AddRow({"a", "100", "1"});
  table.AddRow({"longer", "2", "30"});
  std::ostringstream out;
  table.Print(out);
  EXPECT_EQ(out.str(),
            "name      n   x\n"
            "a       100   1\n"
            "longer    2  30\n");
}

}  // namespace
}  // namespace nestor::bench
