#include "benchmarks/machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "engine/kernels/kernel_table.h"

namespace nestor::bench {
namespace {

using ::testing::HasSubstr;

TEST(MachineTest, TheModelIsTheFirstOneNamed) {
  EXPECT_EQ(CpuModel("processor\t: 0\nmodel\t\t: 17\nmodel name\t: Fast 9: X\nmodel name\t: B\n"),
            "Fast 9: X");
  EXPECT_EQ(CpuModel(""), "unknown processor");
}

TEST(MachineTest, TheKernelSetIsPrinted) {
  std::ostringstream out;
  PrintMachine(out);
  EXPECT_THAT(out.str(), HasSubstr(std::string("kernels   ") + kernels::Kernels().name));
}

}  // namespace
}  // namespace nestor::bench
