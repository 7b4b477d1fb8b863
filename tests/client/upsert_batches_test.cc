#include "client/upsert_batches.h"

#include <gtest/gtest.h>

#include "tests/client/test_files.h"

namespace nestor {
namespace {

using testing::F32;
using testing::NpyF32;
using testing::RandomValues;
using testing::WriteFile;

VectorFile Vectors(uint64_t rows, uint64_t dims) {
  const std::string data = F32(RandomValues(rows, dims, 11));
  return VectorFile::Open(WriteFile("v.npy", NpyF32(rows, dims, data))).value();
}

TEST(UpsertBatchesTest, CutsByPointsAndNumbersByRow) {
  const VectorFile vectors = Vectors(5, 3);
  UpsertBatches batches(vectors, nullptr, {.collection = "docs", .batch_points = 2, .rows = 5});
  for (const uint64_t first : {0, 2, 4}) {
    const UpsertBatch batch = batches.Next().value().value();
    const v1::ColumnBatch& columns = batch.request.columns();
    EXPECT_EQ(batch.first_row, first);
    EXPECT_EQ(batch.rows, first == 4 ? 1 : 2);
    EXPECT_EQ(columns.ids(0).num(), first);
    EXPECT_EQ(columns.vectors().rows(), batch.rows);
    EXPECT_EQ(columns.vectors().packed(), vectors.ReadRows(first, batch.rows).value());
  }
  EXPECT_FALSE(batches.Next().value().has_value());
}

TEST(UpsertBatchesTest, CutsByBytes) {
  const VectorFile vectors = Vectors(3, 30000);  // 120,000 bytes a row
  UpsertBatches all(vectors, nullptr, {.collection = "docs", .batch_points = 99, .rows = 3});
  EXPECT_EQ(all.Next().value()->rows, 3);

  const VectorFile wide = Vectors(100, 30000);
  UpsertBatches cut(wide, nullptr, {.collection = "docs", .batch_points = 99, .rows = 100});
  const UpsertBatch batch = cut.Next().value().value();
  EXPECT_EQ(batch.rows, 33);
  EXPECT_LE(batch.request.ByteSizeLong(), 4u << 20);
}

TEST(UpsertBatchesTest, EveryPointExpiresWhenTheOptionsSay) {
  const VectorFile vectors = Vectors(3, 2);
  google::protobuf::Timestamp time;
  time.set_seconds(5);
  UpsertBatches batches(vectors, nullptr,
                        {.collection = "docs", .batch_points = 2, .rows = 3, .expire_time = time});
  const UpsertBatch batch = batches.Next().value().value();
  ASSERT_EQ(batch.request.columns().expire_times_size(), 2);
  EXPECT_EQ(batch.request.columns().expire_times(1).seconds(), 5);
  EXPECT_EQ(batches.Next().value()->request.columns().expire_times_size(), 1);
}

TEST(UpsertBatchesTest, AnErrorIsAnsweredAgain) {
  const VectorFile vectors = Vectors(3, 2);
  PayloadFile payloads = PayloadFile::Open(WriteFile("p.jsonl", "{}\n[]\n{}\n{}\n"), "").value();
  UpsertBatches batches(vectors, &payloads, {.collection = "docs", .batch_points = 1, .rows = 3});
  ASSERT_TRUE(batches.Next().ok());
  const absl::Status first = batches.Next().status();
  EXPECT_TRUE(absl::IsInvalidArgument(first));
  EXPECT_EQ(batches.Next().status(), first);
}

}  // namespace
}  // namespace nestor
