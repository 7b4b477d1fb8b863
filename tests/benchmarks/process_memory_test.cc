#include "benchmarks/process_memory.h"

#include <gtest/gtest.h>

#include <vector>

namespace nestor::bench {
namespace {

TEST(ProcessMemoryTest, ReadsTheStatus) {
  EXPECT_EQ(
      AnonymousBytesIn("Name:\tx\nVmRSS:\t   900 kB\nRssAnon:\t     123 kB\nRssFile:\t 1 kB\n"),
      123U << 10);
  EXPECT_EQ(AnonymousBytesIn("Name:\tx\n"), 0U);
  EXPECT_EQ(AnonymousBytesIn(""), 0U);
}

TEST(ProcessMemoryTest, GrowsWithWhatIsKept) {
  const uint64_t before = AnonymousBytes();
  std::vector<char> kept(size_t{64} << 20, 'x');
  EXPECT_GE(AnonymousBytes(), before + (size_t{32} << 20));
  volatile char* touched = kept.data();  // so that it is there until now
  *touched = 'y';
}

}  // namespace
}  // namespace nestor::bench
