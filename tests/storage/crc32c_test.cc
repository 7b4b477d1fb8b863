#include "storage/crc32c.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace nestor {
namespace {

// One bit at a time, from the polynomial.
uint32_t SlowCrc32c(absl::string_view bytes) {
  uint32_t state = 0xffffffff;
  for (const char byte : bytes) {
    state ^= static_cast<uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) state = state >> 1 ^ (state & 1 ? 0x82f63b78 : 0);
  }
  return ~state;
}

// RFC 3720, B.4, and the check value of the CRC catalogues.
TEST(Crc32cTest, GivesThePublishedValues) {
  EXPECT_EQ(Crc32c(""), 0u);
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43u);
}

TEST(Crc32cTest, EqualsTheBitwiseLoopAtAllLengthsAndStarts) {
  std::mt19937 random(1);
  std::string bytes(400, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  for (size_t start = 0; start < 9; ++start) {
    for (size_t length = 0; length < 380; length += 7) {
      const absl::string_view part = absl::string_view(bytes).substr(start, length);
      ASSERT_EQ(Crc32c(part), SlowCrc32c(part)) << start << " " << length;
    }
  }
}

TEST(Crc32cTest, GoesOnWhereAnEarlierCallEnded) {
  const std::string text = "one value of two parts";
  for (size_t split = 0; split <= text.size(); ++split) {
    EXPECT_EQ(Crc32c(text.substr(split), Crc32c(text.substr(0, split))), Crc32c(text));
  }
}

}  // namespace
}  // namespace nestor
