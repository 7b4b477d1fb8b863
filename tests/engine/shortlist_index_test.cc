#include "engine/shortlist_index.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <set>
#include <vector>

#include "engine/flat_index.h"
#include "engine/float32_tier.h"
#include "engine/hnsw_index.h"
#include "engine/ivf_index.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/random_vectors.h"

// Flat, graph and lists behind one interface: what all of them promise, and how near the two
// approximate ones come to the flat one.

namespace nestor {
namespace {

using testing::ClusteredVectors;
using testing::Random;
using testing::ValueOf;

using Vectors = std::vector<std::vector<float>>;

std::shared_ptr<const PrefixCoder> CoderOf(Metric metric, uint32_t dims, uint32_t bits = 8) {
  return std::make_shared<const PrefixCoder>(PrefixCodeFormat{metric, dims, bits});
}

// Vectors, and the codes and prefixes of them.
struct Rows {
  Rows(std::shared_ptr<const PrefixCoder> coder, const Vectors& vectors)
      : codes(coder),
        tier(coder->format().metric, coder->format().dims, vectors.size()),
        prefixes(tier, coder->format().metric, coder->format().dims) {
    for (const auto& vector : vectors) {
      codes.Append(vector.data());
      tier.Append(vector.data());
    }
  }
  PrefixCodes codes;
  Float32Tier tier;
  PrefixReader prefixes;
};

PrefixCodes Copy(const PrefixCodes& codes) {
  PrefixCodes copy(codes.shared_coder());
  for (uint32_t row = 0; row < codes.size(); ++row) copy.AppendFrom(codes, row);
  return copy;
}

std::unique_ptr<const ShortlistIndex> Build(IndexKind kind, const Rows& rows) {
  if (kind == IndexKind::kFlat) return std::make_unique<FlatIndex>(Copy(rows.codes));
  if (kind == IndexKind::kIvf) {
    return ValueOf(IvfIndex::Build(rows.codes, rows.prefixes, {.threads = 2}));
  }
  return std::make_unique<HnswIndex>(Copy(rows.codes),
                                     ValueOf(BuildHnswGraph(rows.prefixes, {.threads = 2})));
}

// Each of `rows` with a chance of `percent`.
RowBitmap SomeOf(size_t rows, size_t percent, Random* random) {
  RowBitmap some(rows);
  for (uint32_t row = 0; row < rows; ++row) {
    if (random->Below(100) < percent) some.Set(row);
  }
  return some;
}

// What flat search must return: the scores of every live code, sorted.
std::vector<uint32_t> BestRows(const PrefixCodes& codes, const PrefixQuery& query, size_t size,
                               const RowBitmap& dead) {
  std::vector<float> scores(codes.size());
  codes.ScoreRange(query, 0, codes.size(), scores.data());
  std::vector<uint32_t> rows;
  for (uint32_t row = 0; row < codes.size(); ++row) {
    if (!dead.Test(row)) rows.push_back(row);
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [&](uint32_t a, uint32_t b) { return scores[a] > scores[b]; });
  if (rows.size() > size) rows.resize(size);
  return rows;
}

std::vector<uint32_t> SearchRows(const ShortlistIndex& index, const PrefixQuery& query,
                                 const ShortlistEffort& effort, const RowBitmap& dead) {
  ShortlistScratch scratch;
  ScoredRows found = {{12345, 1}};  // is replaced
  index.Search({{&query, effort, &found}}, dead, &scratch);
  EXPECT_TRUE(std::is_sorted(found.begin(), found.end(), BetterScore<ScoredRow>));
  std::vector<uint32_t> rows;
  for (const ScoredRow& scored : found) rows.push_back(scored.row);
  EXPECT_EQ(std::set<uint32_t>(rows.begin(), rows.end()).size(), rows.size());
  return rows;
}

double MeanRecall(IndexKind kind, Metric metric, const ShortlistEffort& effort) {
  const auto coder = CoderOf(metric, 32);
  const Rows built(coder, ClusteredVectors(4000, 32, 40, 1));
  const PrefixCodes& codes = built.codes;
  const auto index = Build(kind, built);
  const RowBitmap none(codes.size());
  size_t found = 0;
  const auto queries = ClusteredVectors(100, 32, 40, 1);
  for (const auto& vector : queries) {
    const PrefixQuery query(*coder, vector.data());
    const std::vector<uint32_t> best = BestRows(codes, query, effort.size, none);
    const std::vector<uint32_t> rows = SearchRows(*index, query, effort, none);
    const std::set<uint32_t> got(rows.begin(), rows.end());
    for (uint32_t row : best) found += got.count(row);
  }
  return static_cast<double>(found) / static_cast<double>(queries.size() * effort.size);
}

class ShortlistIndexTest : public ::testing::TestWithParam<std::tuple<IndexKind, Metric>> {
 protected:
  IndexKind kind() const { return std::get<0>(GetParam()); }
  const std::shared_ptr<const PrefixCoder> coder_ = CoderOf(std::get<1>(GetParam()), 16);
};

TEST_P(ShortlistIndexTest, ReturnsAsManyLiveRowsAsAskedForOrAllThereAre) {
  const Rows built(coder_, ClusteredVectors(500, 16, 10, 2));
  const PrefixCodes& codes = built.codes;
  const auto index = Build(kind(), built);
  Random random(3);
  for (const size_t dead_percent : {0, 10, 50, 99, 100}) {
    const RowBitmap dead = SomeOf(codes.size(), dead_percent, &random);
    const size_t live = codes.size() - dead.count();
    for (const size_t size : {1, 10, 400, 500, 2000}) {
      const PrefixQuery query(*coder_, random.GaussianVector(16).data());
      const auto rows = SearchRows(*index, query, {size, size, 1}, dead);
      EXPECT_EQ(rows.size(), std::min(size, live)) << dead_percent << "% dead, size " << size;
      for (uint32_t row : rows) EXPECT_FALSE(dead.Test(row));
    }
  }
}

TEST_P(ShortlistIndexTest, SearchesThatAreDoneTogetherFindWhatTheyFindAlone) {
  const Rows built(coder_, ClusteredVectors(2000, 16, 10, 2));
  const auto index = Build(kind(), built);
  Random random(3);
  for (const size_t dead_percent : {0, 30, 98}) {
    const RowBitmap dead = SomeOf(built.codes.size(), dead_percent, &random);
    // One of each effort, from a row to all of them.
    std::vector<PrefixQuery> queries;
    std::vector<ShortlistEffort> efforts;
    for (size_t size = 1; size < 3000; size = size * 3 / 2 + 1) {
      queries.emplace_back(*coder_, random.GaussianVector(16).data());
      efforts.push_back({size, size + random.Below(50), 1 + random.Below(20)});
    }
    std::vector<ScoredRows> found(queries.size(), ScoredRows{{12345, 1}});
    std::vector<IndexSearch> searches;
    for (size_t i = 0; i < queries.size(); ++i) {
      searches.push_back({&queries[i], efforts[i], &found[i]});
    }
    ShortlistScratch scratch;
    index->Search(searches, dead, &scratch);
    for (size_t i = 0; i < queries.size(); ++i) {
      std::vector<uint32_t> rows;
      for (const ScoredRow& scored : found[i]) rows.push_back(scored.row);
      EXPECT_EQ(rows, SearchRows(*index, queries[i], efforts[i], dead)) << efforts[i].size;
    }
  }
}

ScoredRows SearchScored(const ShortlistIndex& index, IndexSearch search, const RowBitmap& dead) {
  ShortlistScratch scratch;
  ScoredRows found;
  search.found = &found;
  index.Search({search}, dead, &scratch);
  return found;
}

// How wide a margin is that leaves about half of the rows that are found without one.
float HalfWidth(const PrefixQuery& query, const ScoredRows& all, size_t top) {
  const float best = all[top - 1].score;
  return (best - all[all.size() / 2].score) / query.Spread(best);
}

TEST_P(ShortlistIndexTest, NothingIsOutOfReachOfAWideMargin) {
  const Rows built(coder_, ClusteredVectors(1000, 16, 10, 2));
  const auto index = Build(kind(), built);
  Random random(3);
  for (const size_t dead_percent : {0, 30}) {
    const RowBitmap dead = SomeOf(built.codes.size(), dead_percent, &random);
    for (uint64_t seed = 0; seed < 20; ++seed) {
      const PrefixQuery query(*coder_, Random(seed).GaussianVector(16).data());
      // So many lists hold more rows than that.
      const ShortlistEffort without = {.size = 50, .ef = 60, .nprobe = 20};
      ShortlistEffort wide = without;
      wide.margin = {.top = 10, .width = 1e6};
      EXPECT_EQ(SearchRows(*index, query, wide, dead), SearchRows(*index, query, without, dead));
    }
  }
}

TEST_P(ShortlistIndexTest, AMarginLeavesWhatIsInReachOfTheBest) {
  const Rows built(coder_, ClusteredVectors(2000, 16, 10, 2));
  const auto index = Build(kind(), built);
  Random random(3);
  for (const size_t dead_percent : {0, 60}) {
    const RowBitmap dead = SomeOf(built.codes.size(), dead_percent, &random);
    size_t in_reach = 0, missed = 0;
    for (uint64_t seed = 0; seed < 50; ++seed) {
      const PrefixQuery query(*coder_, Random(seed).GaussianVector(16).data());
      ShortlistEffort effort = {.size = 200, .ef = 200, .nprobe = 100};
      const ScoredRows all = SearchScored(*index, {&query, effort, nullptr}, dead);
      ASSERT_EQ(all.size(), 200u);
      effort.margin = {.top = 10, .width = HalfWidth(query, all, 10)};
      const ScoredRows near = SearchScored(*index, {&query, effort, nullptr}, dead);
      ASSERT_GE(near.size(), 10u);
      const float floor = ScoreFloor(effort.margin, query).BelowSorted(near);
      EXPECT_GE(near.back().score, floor);
      // The same rows as those in reach of all that is found without it, but for what a graph had
      // to pass by rows out of reach to get to: most so by inner products.
      std::set<uint32_t> got;
      for (const ScoredRow& row : near) got.insert(row.row);
      for (const ScoredRow& row : all) {
        if (row.score < floor) continue;
        ++in_reach;
        missed += 1 - got.count(row.row);
      }
    }
    EXPECT_GT(in_reach, 50u * 90);
    EXPECT_LT(in_reach, 50u * 130);
    const size_t share = std::get<1>(GetParam()) == Metric::kDot ? 8 : 50;
    EXPECT_LE(missed, kind() == IndexKind::kHnsw ? in_reach / share : 0);
  }
}

TEST_P(ShortlistIndexTest, WhatIsKnownFromElsewhereMovesTheReach) {
  const Rows built(coder_, ClusteredVectors(1000, 16, 10, 2));
  const auto index = Build(kind(), built);
  const RowBitmap none(built.codes.size());
  const PrefixQuery query(*coder_, Random(5).GaussianVector(16).data());
  IndexSearch search = {&query, {.size = 100, .ef = 100, .nprobe = 1000}, nullptr};
  search.effort.margin = {.top = 10, .width = 0.01f};
  const ScoredRows alone = SearchScored(*index, search, none);
  ASSERT_GE(alone.size(), 10u);
  // A graph is walked as far as these are, although where that begins nothing is in reach.
  // Ten rows somewhere else that are as good as the best one here.
  search.best_known = alone.front().score;
  const ScoredRows found = SearchScored(*index, search, none);
  ASSERT_GE(found.size(), 1u);
  EXPECT_LT(found.size(), alone.size());
  const float floor = search.floor().Below(ScoreFloor::kNone);
  EXPECT_GE(found.back().score, floor);
  // Ten that are far better: nothing here is in reach.
  search.best_known = alone.front().score + 1000 * query.Spread(alone.front().score);
  EXPECT_TRUE(SearchScored(*index, search, none).empty());
}

TEST_P(ShortlistIndexTest, AHiddenRowIsNotFound) {
  const auto vectors = ClusteredVectors(500, 16, 10, 2);
  const Rows built(coder_, vectors);
  const auto index = Build(kind(), built);
  const RowBitmap none(built.codes.size());
  for (uint32_t row = 0; row < 500; row += 7) {
    const PrefixQuery query(*coder_, vectors[row].data());
    IndexSearch search = {&query, {.size = 20, .ef = 50, .nprobe = 1000}, nullptr};
    const ScoredRows with = SearchScored(*index, search, none);
    search.hidden = row;
    const ScoredRows without = SearchScored(*index, search, none);
    EXPECT_EQ(without.size(), 20u);
    for (const ScoredRow& found : without) EXPECT_NE(found.row, row);
    size_t same = 0;
    for (const ScoredRow& found : with) {
      same += std::count_if(without.begin(), without.end(),
                            [&](const ScoredRow& other) { return other.row == found.row; });
    }
    EXPECT_GE(same, 18u) << row;  // the other 19, or nearly
  }
}

TEST_P(ShortlistIndexTest, FindsEveryRowWhenAskedForAll) {
  const Rows built(coder_, ClusteredVectors(300, 16, 5, 4));
  const PrefixCodes& codes = built.codes;
  const auto index = Build(kind(), built);
  const RowBitmap none(codes.size());
  const PrefixQuery query(*coder_, Random(5).GaussianVector(16).data());
  EXPECT_EQ(SearchRows(*index, query, {300, 300, 1000}, none), BestRows(codes, query, 300, none));
}

TEST_P(ShortlistIndexTest, OneRowIsFound) {
  const Rows built(coder_, {Random(6).GaussianVector(16)});
  const auto index = Build(kind(), built);
  const PrefixQuery query(*coder_, Random(7).GaussianVector(16).data());
  EXPECT_EQ(SearchRows(*index, query, {10, 10, 10}, RowBitmap(1)), std::vector<uint32_t>{0});
}

// Equal codes link only to each other: a walk that starts elsewhere would never see them, or never
// leave them.
TEST_P(ShortlistIndexTest, ManyEqualVectorsHideNobody) {
  Random random(8);
  const std::vector<float> same = random.GaussianVector(16), other = random.GaussianVector(16);
  std::vector<std::vector<float>> vectors(400, same);
  vectors.insert(vectors.end(), 100, other);
  vectors.push_back(random.GaussianVector(16));
  const Rows built(coder_, vectors);
  const PrefixCodes& codes = built.codes;
  const auto index = Build(kind(), built);
  const RowBitmap none(codes.size());
  const PrefixQuery query(*coder_, same.data());
  for (const size_t size : {10, 400, 450, 501}) {
    EXPECT_EQ(SearchRows(*index, query, {size, size, 1}, none).size(), size);
  }
}

TEST_P(ShortlistIndexTest, GivesBackTheCodesItWasBuiltFrom) {
  const Rows built(coder_, ClusteredVectors(200, 16, 5, 9));
  const auto index = Build(kind(), built);
  EXPECT_EQ(*index->coder(), *coder_);
  PrefixCodes copy(coder_);
  index->AppendCodes({0, 199, 42, 42}, &copy);
  ASSERT_EQ(copy.size(), 4u);
  const PrefixQuery query(*coder_, Random(1).GaussianVector(16).data());
  std::vector<float> expected(4), got(4);
  built.codes.Score(query, {0, 199, 42, 42}, expected.data());
  copy.ScoreRange(query, 0, 4, got.data());
  EXPECT_EQ(got, expected);
}

TEST_P(ShortlistIndexTest, TheSameBuildAnswersTheSame) {
  const Rows built(coder_, ClusteredVectors(1000, 16, 20, 10));
  const PrefixCodes& codes = built.codes;
  const auto a = Build(kind(), built), b = Build(kind(), built);
  const RowBitmap none(codes.size());
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const PrefixQuery query(*coder_, Random(seed).GaussianVector(16).data());
    EXPECT_EQ(SearchRows(*a, query, {20, 20, 2}, none), SearchRows(*b, query, {20, 20, 2}, none));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, ShortlistIndexTest,
    ::testing::Combine(::testing::Values(IndexKind::kFlat, IndexKind::kHnsw, IndexKind::kIvf),
                       ::testing::Values(Metric::kCosine, Metric::kDot, Metric::kL2)));

TEST(FlatIndexTest, EqualsBruteForceOverTheCodes) {
  EXPECT_EQ(MeanRecall(IndexKind::kFlat, Metric::kCosine, {10, 0, 0}), 1.0);
}

// 4,000 rows in 40 clusters of about 100: the ten nearest lie in one cluster. A walk that keeps 100
// candidates sees all of that cluster; what it misses comes from a bad entry alone, which M = 16
// makes rare. 0.98 leaves room for other standard libraries' random numbers.
TEST(HnswIndexTest, FindsNearlyAllThatFlatFinds) {
  EXPECT_GE(MeanRecall(IndexKind::kHnsw, Metric::kCosine, {10, 100, 0}), 0.98);
  EXPECT_GE(MeanRecall(IndexKind::kHnsw, Metric::kL2, {10, 100, 0}), 0.98);
}

// About 250 lists cut each cluster into six: 16 of them hold the cluster and its neighbours, so
// nearly all of the ten nearest.
TEST(IvfIndexTest, FindsNearlyAllThatFlatFinds) {
  EXPECT_GE(MeanRecall(IndexKind::kIvf, Metric::kCosine, {10, 0, 16}), 0.98);
  EXPECT_GE(MeanRecall(IndexKind::kIvf, Metric::kL2, {10, 0, 16}), 0.98);
}

// Without the nearer half of all rows, the ten best of the others lie in lists that are all about
// as far away: stopping once there are ten would find 0.04 of them. Next to no live row is near the
// query, so nearly all lists are scanned.
TEST(IvfIndexTest, FindsWhatAFilterKeepsFarFromTheQuery) {
  const auto coder = CoderOf(Metric::kCosine, 32);
  const Rows built(coder, ClusteredVectors(4000, 32, 40, 1));
  const PrefixCodes& codes = built.codes;
  const auto index = Build(IndexKind::kIvf, built);
  size_t found = 0;
  for (const auto& vector : ClusteredVectors(100, 32, 40, 1)) {
    const PrefixQuery query(*coder, vector.data());
    RowBitmap left_out(codes.size());
    for (uint32_t row : BestRows(codes, query, 2000, left_out)) left_out.Set(row);
    const std::vector<uint32_t> best = BestRows(codes, query, 10, left_out);
    const std::vector<uint32_t> rows = SearchRows(*index, query, {10, 0, 16}, left_out);
    for (uint32_t row : rows) found += std::count(best.begin(), best.end(), row);
  }
  EXPECT_GE(found, 990u);
}

TEST(HnswIndexTest, ACancelledBuildSaysSo) {
  const Rows rows(CoderOf(Metric::kCosine, 16), ClusteredVectors(100, 16, 5, 1));
  const std::atomic<bool> cancelled{true};
  EXPECT_EQ(BuildHnswGraph(rows.prefixes, {.cancelled = &cancelled}).status().code(),
            absl::StatusCode::kCancelled);
}

TEST(IvfIndexTest, ACancelledBuildSaysSo) {
  const Rows rows(CoderOf(Metric::kCosine, 16), ClusteredVectors(100, 16, 5, 1));
  const std::atomic<bool> cancelled{true};
  EXPECT_EQ(IvfIndex::Build(rows.codes, rows.prefixes, {.cancelled = &cancelled}).status().code(),
            absl::StatusCode::kCancelled);
}

TEST(HnswGraphTest, IsTheSameWithAnyNumberOfThreads) {
  const Rows rows(CoderOf(Metric::kCosine, 32), ClusteredVectors(3000, 32, 20, 12));
  const HnswGraph one = ValueOf(BuildHnswGraph(rows.prefixes, {.threads = 1}));
  EXPECT_GT(one.top_level, 0);
  for (const int threads : {2, 3}) {
    const HnswGraph other = ValueOf(BuildHnswGraph(rows.prefixes, {.threads = threads}));
    EXPECT_EQ(other.base, one.base);
    EXPECT_EQ(other.upper, one.upper);
    EXPECT_EQ(other.upper_offset, one.upper_offset);
    EXPECT_EQ(other.entry_point, one.entry_point);
  }
  const HnswGraph reseeded = ValueOf(BuildHnswGraph(rows.prefixes, {.seed = 7}));
  EXPECT_NE(reseeded.base, one.base);
}

// Choosing links that lead apart may cut a node off from all others. With 32 links on level 0 none
// is here; with 8 one in a hundred may be.
TEST(HnswGraphTest, EveryNodeCanBeReached) {
  for (const uint32_t m : {4, 16}) {
    const Rows rows(CoderOf(Metric::kCosine, 32), ClusteredVectors(3000, 32, 100, 13));
    const HnswGraph graph = ValueOf(BuildHnswGraph(rows.prefixes, {.m = m}));
    std::vector<uint32_t> reached = {graph.entry_point};
    std::set<uint32_t> seen = {graph.entry_point};
    for (size_t i = 0; i < reached.size(); ++i) {
      for (const uint32_t neighbour : graph.NeighboursOn(0, reached[i])) {
        if (seen.insert(neighbour).second) reached.push_back(neighbour);
      }
    }
    EXPECT_GE(seen.size(), m == 16 ? graph.nodes : graph.nodes * 99 / 100) << "m = " << m;
  }
}

TEST(HnswGraphTest, LinksStayInsideTheGraphAndDegreesInsideTheirBounds) {
  const Rows rows(CoderOf(Metric::kL2, 16, 32), ClusteredVectors(2000, 16, 10, 11));
  const HnswGraph graph = ValueOf(BuildHnswGraph(rows.prefixes, {.m = 8, .ef_construction = 50}));
  EXPECT_EQ(graph.nodes, rows.codes.size());
  ASSERT_LT(graph.entry_point, graph.nodes);
  for (uint32_t node = 0; node < graph.nodes; ++node) {
    EXPECT_LE(graph.NeighboursOn(0, node).size(), 16u);
    for (uint32_t neighbour : graph.NeighboursOn(0, node)) {
      EXPECT_LT(neighbour, graph.nodes);
      EXPECT_NE(neighbour, node);
    }
  }
  EXPECT_LE(graph.NeighboursOn(graph.top_level, graph.entry_point).size(), 8u);
}

}  // namespace
}  // namespace nestor
