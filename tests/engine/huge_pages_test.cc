#include "engine/huge_pages.h"

#include <numeric>

#include "gtest/gtest.h"

namespace nestor {
namespace {

// Whether there are huge pages is up to the system; that nothing else changes is not.
TEST(MoveToHugePagesTest, ChangesNoValue) {
  for (const size_t count : {0, 1, 1 << 19, (5 << 18) + 7}) {
    AlignedVector<uint32_t> values(count);
    std::iota(values.begin(), values.end(), 3u);
    const AlignedVector<uint32_t> before = values;
    MoveToHugePages(values);
    EXPECT_EQ(values, before) << count;
    values.push_back(1);  // may still be written
    EXPECT_EQ(values.back(), 1u);
  }
}

}  // namespace
}  // namespace nestor
