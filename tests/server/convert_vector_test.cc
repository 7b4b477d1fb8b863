#include "server/convert_vector.h"

#include <cstring>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace nestor {
namespace {

using ::testing::ElementsAre;

const void* Address(absl::Span<const float> values) { return values.data(); }

v1::Vector Packed(const std::vector<float>& values) {
  v1::Vector vector;
  WriteVector(values, &vector);
  return vector;
}

TEST(ReadVectorTest, Float32IsReadWhereTheMessageHasIt) {
  Violations violations;
  std::vector<float> decoded;
  const v1::Vector packed = Packed({1, 2, 3, 4, 5});
  const auto from_packed = ReadVector(packed, "vector", &decoded, &violations);
  EXPECT_THAT(*from_packed, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(Address(*from_packed), packed.packed().data());

  v1::Vector listed;
  for (const float value : {6, 7}) listed.add_values(value);
  const auto from_list = ReadVector(listed, "vector", &decoded, &violations);
  EXPECT_THAT(*from_list, ElementsAre(6, 7));
  EXPECT_EQ(Address(*from_list), listed.values().data());

  v1::Matrix matrix;
  matrix.set_rows(2);
  matrix.set_dims(2);
  const float rows[] = {1, 2, 3, 4};
  matrix.set_packed(rows, sizeof(rows));
  const auto from_matrix = ReadMatrix(matrix, 2, 10, "queries", &decoded, &violations);
  EXPECT_THAT(*from_matrix, ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(Address(*from_matrix), matrix.packed().data());
  EXPECT_TRUE(decoded.empty());
  EXPECT_TRUE(violations.empty());
}

// So short that a string has it inside, wherever that lies.
TEST(ReadVectorTest, TheShortestVectorsAreReadToo) {
  Violations violations;
  std::vector<float> decoded;
  for (size_t dims = 1; dims <= 4; ++dims) {
    const std::vector<float> values(dims, 0.5f);
    EXPECT_EQ(*ReadVector(Packed(values), "vector", &decoded, &violations),
              absl::MakeConstSpan(values));
  }
}

TEST(ReadVectorTest, HalvesAreDecoded) {
  Violations violations;
  std::vector<float> decoded;
  v1::Vector vector;
  const uint16_t f16[] = {0x3c00, 0xc000};  // 1, -2
  vector.set_packed(f16, sizeof(f16));
  vector.set_encoding(v1::Vector::F16);
  EXPECT_THAT(*ReadVector(vector, "vector", &decoded, &violations), ElementsAre(1, -2));
  const uint16_t bf16[] = {0x3f80, 0xc000, 0x4040};  // 1, -2, 3
  vector.set_packed(bf16, sizeof(bf16));
  vector.set_encoding(v1::Vector::BF16);
  const auto values = ReadVector(vector, "vector", &decoded, &violations);
  EXPECT_THAT(*values, ElementsAre(1, -2, 3));
  EXPECT_EQ(Address(*values), decoded.data());
  EXPECT_TRUE(violations.empty());
}

}  // namespace
}  // namespace nestor
