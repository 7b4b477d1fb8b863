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

TEST(ProcessMemoryTest, CountsMappingsBelowADirectoryOnly) {
  const char* maps =
      "7f0000000000-7f0000001000 r--p 00000000 08:01 11 /tmp/store/a.sst\n"
      "7f0000002000-7f0000005000 r--p 00000000 08:01 12 /tmp/store/b/c.sst\n"
      "7f0000006000-7f0000009000 r--p 00000000 08:01 13 /tmp/store2/a.sst\n"
      "7f000000a000-7f000000c000 rw-p 00000000 00:00 0\n";
  EXPECT_EQ(MappedBytesIn(maps, "/tmp/store"), 0x4000U);
  EXPECT_EQ(MappedBytesIn(maps, "/tmp/nowhere"), 0U);
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
