#include "engine/prefix_choice.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "benchmarks/gen/point_maker.h"
#include "benchmarks/gen/profile.h"
#include "engine/float32_tier.h"
#include "engine/prefix_codes.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/sample.h"

// The code that each kind of data gets is one of the best for queries that nobody has seen.

namespace nestor::bench {
namespace {

constexpr size_t kRows = 6000;
constexpr size_t kQueries = 150;
constexpr uint32_t kDims = 512;
constexpr size_t kTop = 10;
constexpr size_t kShortlist = 50;

struct Data {
  Float32Tier tier{Metric::kCosine, kDims, kRows};
  std::vector<std::vector<float>> queries;
};

std::vector<uint32_t> BestRows(const std::vector<float>& scores, size_t count) {
  std::vector<uint32_t> rows(scores.size());
  std::iota(rows.begin(), rows.end(), 0);
  std::partial_sort(rows.begin(), rows.begin() + static_cast<ptrdiff_t>(count), rows.end(),
                    [&](uint32_t a, uint32_t b) { return scores[a] > scores[b]; });
  rows.resize(count);
  return rows;
}

// The share of the exact top 10 that shortlists of 50 hold.
double Kept(const Data& data, const std::shared_ptr<const PrefixCoder>& coder) {
  const size_t rows = data.tier.size();
  PrefixCodes codes(coder);
  std::vector<float> vector(kDims), scores(rows);
  std::vector<uint32_t> all(rows);
  std::iota(all.begin(), all.end(), 0);
  for (const uint32_t row : all) {
    data.tier.Decode(row, kDims, vector.data());
    codes.Append(vector.data());
  }
  size_t kept = 0;
  for (const std::vector<float>& query : data.queries) {
    data.tier.Score(FullQuery(Metric::kCosine, query.data(), kDims), all, kDims, scores.data());
    const std::vector<uint32_t> nearest = BestRows(scores, kTop);
    codes.ScoreRange(PrefixQuery(*coder, query.data()), 0, rows, scores.data());
    const std::vector<uint32_t> shortlist = BestRows(scores, kShortlist);
    for (const uint32_t row : nearest) {
      kept += static_cast<size_t>(std::count(shortlist.begin(), shortlist.end(), row));
    }
  }
  return static_cast<double>(kept) / static_cast<double>(kTop * data.queries.size());
}

void ExpectGoodChoice(const Data& data, const std::string& name) {
  CollectionSpec spec;
  spec.name = "docs";
  spec.dims = kDims;
  spec.index_kind = IndexKind::kFlat;
  const auto chosen = testing::ValueOf(ChooseCoder(testing::Resolve(spec), data.tier));
  const double kept = Kept(data, chosen);
  for (const uint32_t bits : {1, 2, 4, 8}) {
    spec.prefix_dims = 448 / bits;  // and the terms of a row: 64 bytes
    spec.prefix_bits = bits;
    const double other =
        Kept(data, testing::ValueOf(ChooseCoder(testing::Resolve(spec), data.tier)));
    // A sample of 128 queries tells codes apart that differ by more than about a point.
    EXPECT_GE(kept, other - 0.015)
        << name << " has " << chosen->format().dims << " dims of " << chosen->format().bits
        << " bits, not " << spec.prefix_dims << " of " << bits;
  }
}

TEST(PrefixChoiceTest, IsRightForEveryProfile) {
  for (const GenProfile& profile : GenProfiles()) {
    Data data;
    const PointMaker maker(profile, kDims, 11);
    std::vector<float> vector(kDims);
    for (uint64_t row = 0; row < kRows; ++row) {
      maker.Make(GenRole::kBase, row, vector.data());
      data.tier.Append(vector.data());
    }
    for (uint64_t row = 0; row < kQueries; ++row) {
      maker.Make(GenRole::kQuery, row, vector.data());
      data.queries.push_back(vector);
    }
    ExpectGoodChoice(data, profile.name);
  }
}

TEST(PrefixChoiceTest, IsRightForTheSample) {
  Data data;
  const testing::Matrix vectors = testing::ReadSample(NESTOR_SAMPLE_DIR "/vectors.npy");
  const testing::Matrix queries = testing::ReadSample(NESTOR_SAMPLE_DIR "/queries.npy");
  ASSERT_EQ(vectors.dims, kDims);
  for (size_t row = 0; row < vectors.rows; ++row) data.tier.Append(vectors.Row(row));
  for (size_t row = 0; row < kQueries; ++row) data.queries.push_back(queries.Copy(row));
  ExpectGoodChoice(data, "the sample");
}

}  // namespace
}  // namespace nestor::bench
