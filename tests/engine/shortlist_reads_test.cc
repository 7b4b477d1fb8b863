// What searches say that they looked at.

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

using testing::Id;
using testing::Random;
using testing::TestCollection;

constexpr uint32_t kReadDims = 64;
constexpr size_t kReadRows = 3000;

class ShortlistReadsTest : public ::testing::TestWithParam<IndexKind> {
 protected:
  ShortlistReadsTest() {
    std::vector<testing::NamedVector> points;
    for (uint64_t id = 0; id < kReadRows; ++id) {
      points.push_back({Id(id), random_.GaussianVector(kReadDims)});
    }
    collection_.Upsert(points);
    collection_.Index();
    query_ = random_.GaussianVector(kReadDims);
  }
  static CollectionSpec Spec() {
    CollectionSpec spec;
    spec.dims = kReadDims;
    spec.index_kind = GetParam();
    spec.prefix_dims = kReadDims;
    spec.prefix_bits = 8;
    return spec;
  }
  // Of a search for so many candidates in so many lists.
  StageStats Shortlist(uint32_t size, uint32_t nprobe) {
    SearchRequest request;
    request.vector = query_;
    request.plan = FunnelRequest{size, 0, nprobe, {}};
    const SearchResult result = collection_.Search(request);
    EXPECT_EQ(result.stages.at(0).name, "shortlist");
    return result.stages.at(0);
  }

  Random random_{3};
  TestCollection collection_{Spec()};
  std::vector<float> query_;
};

INSTANTIATE_TEST_SUITE_P(All, ShortlistReadsTest,
                         ::testing::Values(IndexKind::kFlat, IndexKind::kHnsw, IndexKind::kIvf),
                         [](const auto& info) { return testing::NameOf(info.param); });

TEST_P(ShortlistReadsTest, MoreEffortReadsMore) {
  const StageStats little = Shortlist(20, 2);
  const StageStats much = Shortlist(200, 40);
  EXPECT_GE(little.candidates_in, 20u);
  EXPECT_GE(little.bytes_read, little.candidates_in * kReadDims);
  EXPECT_EQ(little.candidates_out, 20u);
  if (GetParam() == IndexKind::kFlat) {
    EXPECT_EQ(little.candidates_in, kReadRows);
    EXPECT_EQ(much.bytes_read, little.bytes_read);
    return;
  }
  EXPECT_LT(little.candidates_in, kReadRows / 2);
  EXPECT_GT(much.candidates_in, little.candidates_in);
  EXPECT_GT(much.bytes_read, little.bytes_read);
}

TEST_P(ShortlistReadsTest, AllRowsAreReadWhereNothingIsLeftOut) {
  const StageStats all = Shortlist(kReadRows, 10'000);
  EXPECT_GE(all.candidates_in, kReadRows);
  EXPECT_EQ(all.candidates_out, kReadRows);
  if (GetParam() != IndexKind::kHnsw) {
    EXPECT_EQ(all.candidates_in, kReadRows);
  }
}

// Rows of several segments are added up.
TEST_P(ShortlistReadsTest, OfAllSegments) {
  const size_t one = Shortlist(20, 2).candidates_in;
  std::vector<testing::NamedVector> more;
  for (uint64_t id = 0; id < 500; ++id) {
    more.push_back({Id(kReadRows + id), random_.GaussianVector(kReadDims)});
  }
  collection_.Upsert(more);
  collection_.Seal();  // without an index: its codes are scanned
  ASSERT_EQ(collection_->Stats().segments, 2u);
  EXPECT_EQ(Shortlist(20, 2).candidates_in, one + 500);
}

}  // namespace
}  // namespace nestor
