// The searches of ModelDriver.

#include <algorithm>
#include <set>

#include "gtest/gtest.h"
#include "tests/engine/model.h"
#include "tests/engine/test_collection.h"

namespace nestor::testing {

SearchRequest ModelDriver::RandomRequest() {
  SearchRequest request;
  request.limit = static_cast<uint32_t>(1 + random_.Below(random_.OneIn(4) ? 50 : 5));
  request.offset = static_cast<uint32_t>(random_.OneIn(3) ? random_.Below(10) : 0);
  request.select = {.payload = true, .vector = true};
  request.min_sequence = sequence_;
  const uint32_t top = request.limit + request.offset;
  const uint32_t dims = setup_.spec.dims;
  switch (random_.Below(3)) {
    case 0:
      request.plan = ExactRequest{};
      break;
    case 1:
      request.plan = AdaptiveRequest{random_.OneIn(2) ? 0.5f : 0.0f};
      break;
    default: {
      FunnelRequest funnel;
      funnel.shortlist_size = static_cast<uint32_t>(top + random_.Below(60));
      if (dims > 1 && random_.OneIn(2)) funnel.stages.push_back({dims / 2, top});
      if (random_.OneIn(2)) funnel.stages.push_back({dims, top});
      request.plan = funnel;
    }
  }
  return request;
}

void ModelDriver::Search(Collection& collection) {
  query_ = RandomVector();
  SearchRequest request = RandomRequest();
  std::map<PointId, std::vector<float>> vectors = vectors_;
  if (!points_.empty() && random_.OneIn(5)) {
    auto like = points_.begin();
    std::advance(like, random_.Below(points_.size()));
    request.like = like->first;
    query_ = vectors_[like->first];
    vectors.erase(like->first);
  } else {
    request.vector = query_;
  }
  const Filter filter = RandomFilter(collection);
  if (random_.OneIn(2)) {
    request.filter = &filter;
    const std::set<PointId> matching = Matching(&filter);
    std::erase_if(vectors, [&](const auto& point) { return matching.count(point.first) == 0; });
  }
  const SearchResult result = ValueOf(SearchOf(collection, request));
  CheckSequence(result.sequence, 0);
  EXPECT_TRUE(result.exact || !std::holds_alternative<ExactRequest>(request.plan));
  if (result.exact) {
    CheckExact(request, result, vectors);
  } else {
    CheckApproximate(request, result, vectors);
  }
}

void ModelDriver::CheckExact(const SearchRequest& request, const SearchResult& result,
                             const std::map<PointId, std::vector<float>>& vectors) {
  auto expected =
      OracleTop(setup_.spec.metric, query_, vectors, size_t{request.limit} + request.offset);
  expected.erase(expected.begin(),
                 expected.begin() + std::min<size_t>(request.offset, expected.size()));
  ASSERT_EQ(result.hits.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    const Hit& hit = result.hits[i];
    CheckHit(hit);
    const double score = OracleScore(setup_.spec.metric, query_, vectors_[hit.id]);
    if (hit.id != expected[i].key) {
      EXPECT_TRUE(IsNearTie(score, expected[i].score))
          << "place " << i << " has " << hit.id.ToString() << " with " << score << ", not "
          << expected[i].key.ToString() << " with " << expected[i].score;
    }
  }
}

void ModelDriver::CheckApproximate(const SearchRequest& request, const SearchResult& result,
                                   const std::map<PointId, std::vector<float>>& vectors) {
  const size_t rest = vectors.size() - std::min<size_t>(request.offset, vectors.size());
  EXPECT_EQ(result.hits.size(), std::min<size_t>(request.limit, rest));
  std::set<PointId> ids;
  for (size_t i = 0; i < result.hits.size(); ++i) {
    const Hit& hit = result.hits[i];
    EXPECT_TRUE(ids.insert(hit.id).second) << hit.id.ToString() << " appears twice";
    ASSERT_EQ(vectors.count(hit.id), 1u) << hit.id.ToString() << " is not alive";
    CheckHit(hit);
    if (i == 0) continue;
    const Hit& before = result.hits[i - 1];
    EXPECT_TRUE(before.score > hit.score || (before.score == hit.score && before.id < hit.id));
  }
}

void ModelDriver::CheckHit(const Hit& hit) {
  const auto it = points_.find(hit.id);
  ASSERT_NE(it, points_.end()) << hit.id.ToString() << " is not alive";
  const double score = OracleScore(setup_.spec.metric, query_, vectors_[hit.id]);
  EXPECT_NEAR(hit.score, score, ScoreTolerance(score));
  EXPECT_EQ(hit.distance, DistanceFromScore(setup_.spec.metric, hit.score));
  EXPECT_EQ(hit.version, it->second.version);
  EXPECT_EQ(hit.payload, it->second.payload);
  EXPECT_EQ(hit.vector, vectors_[hit.id]);
}

}  // namespace nestor::testing
