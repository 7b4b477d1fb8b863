#include "engine/kernels/kernel_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <set>
#include <string>
#include <vector>

namespace nestor::kernels {
namespace {

// Kernels() chooses at its first call, so each of these runs in a process of its own.
class KernelTableDeathTest : public testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

[[noreturn]] void ExitWithChoice(const char* wanted, const char* expected) {
  setenv("NESTOR_KERNELS", wanted, 1);
  std::exit(std::strcmp(Kernels().name, expected) == 0 ? 0 : 3);
}

TEST_F(KernelTableDeathTest, EnvironmentNamesTheSet) {
  for (const KernelTable* table : AvailableKernels()) {
    EXPECT_EXIT(ExitWithChoice(table->name, table->name), testing::ExitedWithCode(0), "");
  }
}

TEST_F(KernelTableDeathTest, EmptyEnvironmentMeansTheBestSet) {
  EXPECT_EXIT(ExitWithChoice("", AvailableKernels().back()->name), testing::ExitedWithCode(0), "");
}

TEST_F(KernelTableDeathTest, UnknownNameStopsTheProcess) {
  EXPECT_EXIT(ExitWithChoice("mmx", ""), testing::ExitedWithCode(EXIT_FAILURE),
              "NESTOR_KERNELS=mmx is not a kernel set that this processor runs; it runs scalar");
}

TEST(KernelTableTest, ScalarComesFirst) {
  ASSERT_FALSE(AvailableKernels().empty());
  EXPECT_STREQ(AvailableKernels().front()->name, "scalar");
}

TEST(KernelTableTest, NamesAreUnique) {
  std::set<std::string> names;
  for (const KernelTable* table : AvailableKernels()) names.insert(table->name);
  EXPECT_EQ(names.size(), AvailableKernels().size());
}

TEST(KernelTableTest, ChoiceIsOneOfTheAvailable) {
  const std::vector<const KernelTable*> available = AvailableKernels();
  EXPECT_NE(std::find(available.begin(), available.end(), &Kernels()), available.end());
  EXPECT_EQ(&Kernels(), &Kernels());
}

}  // namespace
}  // namespace nestor::kernels
