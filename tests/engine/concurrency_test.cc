#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "engine/engine.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/random_vectors.h"
#include "tests/testing/temp_dir.h"

// Writers, searchers and background sealing and merging at once. What must hold at every moment is
// what ThreadSanitizer cannot know: each answer is the state at one point in time.

namespace nestor {
namespace {

using testing::Id;
using testing::Random;
using testing::ValueOf;

constexpr uint32_t kDims = 16;
constexpr size_t kPermanent = 60;  // ids that exist throughout and are replaced again and again
constexpr size_t kSearches = 300;  // of each searcher
constexpr size_t kScrolls = 1700;  // of each of two, for three kinds of index: 10,200

class ConcurrencyTest : public ::testing::TestWithParam<IndexKind> {
 protected:
  ConcurrencyTest() {
    EngineOptions options;
    options.new_uuid = [] { return "uuid"; };
    options.files = ValueOf(CheckedFiles::Open(directory_.Join("segments")));
    engine_ = ValueOf(Engine::Open(NewMemoryStore(), std::move(options)));
    CollectionSpec spec;
    spec.name = "docs";
    spec.dims = kDims;
    spec.prefix_dims = 8;
    spec.index_kind = GetParam();
    collection_ = ValueOf(engine_->CreateCollection(spec, Engine::IfExists::kRefuse));
    Random random(1);
    for (uint64_t id = 0; id < kPermanent; ++id) {
      EXPECT_TRUE(Put(id, random.GaussianVector(kDims)).ok());
    }
  }
  ~ConcurrencyTest() override { collection_.reset(); }

  absl::StatusOr<WriteResult> Put(uint64_t id, const std::vector<float>& vector) {
    const UpsertItem item{Id(id), vector, ""};
    for (;;) {  // a writer that is told to wait tries again
      auto result = collection_->Upsert({item}, WriteMode::kUpsert);
      if (!absl::IsResourceExhausted(result.status())) return result;
      std::this_thread::yield();
    }
  }
  SearchResult Search(const std::vector<float>& query, const PlanRequest& plan, uint32_t limit,
                      Sequence min_sequence = {}) {
    SearchRequest request;
    request.vector = query;
    request.limit = limit;
    request.plan = plan;
    request.min_sequence = min_sequence;
    return ValueOf(testing::SearchOf(*collection_, request));
  }

  // Replaces permanent points for as long as anyone searches.
  void ReplaceForever(uint64_t seed) {
    Random random(seed);
    while (searching_.load() > 0) {
      EXPECT_TRUE(Put(random.Below(kPermanent), random.GaussianVector(kDims)).ok());
      if (random.OneIn(20)) (void)ValueOf(collection_->SealWrites());
    }
  }
  // Adds and deletes ids of its own, and looks at once whether a search agrees.
  void ComeAndGo(uint64_t first_id) {
    Random random(first_id);
    for (uint64_t i = 0; searching_.load() > 0; ++i) {
      const std::vector<PointId> ids = {Id(first_id + i % 10)};
      const std::vector<float> vector = random.GaussianVector(kDims);
      const WriteResult put = ValueOf(Put(ids[0].number(), vector));
      const SearchResult with = Search(vector, ExactRequest{}, 1, put.sequence);
      EXPECT_EQ(with.hits[0].id, ids[0]);
      EXPECT_GE(with.sequence, put.sequence);
      EXPECT_EQ(with.hits[0].version, put.sequence);
      const WriteResult erased = ValueOf(collection_->Delete(ids));
      EXPECT_EQ(erased.affected, 1u);
      for (const PlanRequest& plan :
           {PlanRequest(ExactRequest{}), PlanRequest(AdaptiveRequest{})}) {
        const SearchResult without = Search(vector, plan, 3, erased.sequence);
        for (const Hit& hit : without.hits) EXPECT_NE(hit.id, ids[0]);
      }
    }
  }
  // Whatever is going on, a permanent point is there exactly once.
  void SearchAll(uint64_t seed) {
    Random random(seed);
    Sequence last{};
    for (size_t i = 0; !Enough(i); ++i) {
      const SearchResult result =
          Search(random.GaussianVector(kDims), ExactRequest{}, kPermanent + 100);
      EXPECT_GE(result.sequence, last);
      last = result.sequence;
      std::set<PointId> ids;
      for (const Hit& hit : result.hits) {
        EXPECT_TRUE(ids.insert(hit.id).second) << hit.id.ToString() << " appears twice";
        EXPECT_LE(hit.version, result.sequence);
      }
      for (uint64_t id = 0; id < kPermanent; ++id) EXPECT_EQ(ids.count(Id(id)), 1u) << id;
    }
    --searching_;
  }
  void SearchNear(uint64_t seed) {
    Random random(seed);
    for (size_t i = 0; !Enough(i); ++i) {
      FunnelRequest funnel;
      funnel.shortlist_size = 20;
      const SearchResult result = Search(random.GaussianVector(kDims), funnel, 10);
      std::set<PointId> ids;
      for (const Hit& hit : result.hits) EXPECT_TRUE(ids.insert(hit.id).second);
      EXPECT_EQ(ids.size(), 10u);
    }
    --searching_;
  }

  bool Enough(size_t searches) const {
    return searches >= kSearches && absl::Now() >= search_until_;
  }

  // Page after page while others write: no id twice, and every permanent one.
  void ScrollAll(uint64_t seed) {
    Random random(seed);
    Filter everything;  // a condition, so that scrolls go by filter as well
    for (size_t i = 0; i < kScrolls; ++i) {
      const size_t size = 1 + random.Below(40);
      const Filter* const filter = random.OneIn(2) ? &everything : nullptr;
      PointId last;
      size_t permanent = 0;
      for (bool more = true; more;) {
        const ScrollPage page =
            ValueOf(collection_->Scroll(last, size, {}, filter, testing::NeverStop));
        ASSERT_LE(page.points.size(), size);
        for (const FoundPoint& point : page.points) {
          ASSERT_LT(last, point.id) << "scroll " << i;
          last = point.id;
          permanent += point.id.number() < kPermanent ? 1 : 0;
        }
        more = page.more;
      }
      ASSERT_EQ(permanent, kPermanent) << "scroll " << i;
    }
    --searching_;
  }

  const testing::TempDir directory_;
  std::unique_ptr<Engine> engine_;
  std::shared_ptr<Collection> collection_;
  std::atomic<int> searching_{2};
  absl::Time search_until_ = absl::InfinitePast();  // at least
};

TEST_P(ConcurrencyTest, EveryAnswerIsTheStateAtOnePointInTime) {
  std::vector<std::thread> threads;
  threads.emplace_back([this] { ReplaceForever(11); });
  threads.emplace_back([this] { ComeAndGo(1000); });
  threads.emplace_back([this] { ComeAndGo(2000); });
  threads.emplace_back([this] { SearchAll(12); });
  threads.emplace_back([this] { SearchNear(13); });
  for (std::thread& thread : threads) thread.join();
  const Sequence last = ValueOf(collection_->SealWrites());
  while (!collection_->IsIndexed(last)) std::this_thread::yield();
  EXPECT_EQ(collection_->Stats().points, kPermanent);
  EXPECT_EQ(collection_->Stats().unindexed_points, 0u);
  searching_ = 1;
  SearchAll(14);
}

// For NESTOR_SOAK_SECONDS, by default no longer than it takes.
TEST_P(ConcurrencyTest, FourWritersAndEightSearchersAtOnce) {
  constexpr int kSearchers = 8;
  const char* seconds = std::getenv("NESTOR_SOAK_SECONDS");
  int soak = 0;
  ASSERT_TRUE(seconds == nullptr || absl::SimpleAtoi(seconds, &soak));
  search_until_ = absl::Now() + absl::Seconds(soak);
  searching_ = kSearchers;
  std::vector<std::thread> threads;
  threads.emplace_back([this] { ReplaceForever(21); });
  threads.emplace_back([this] { ReplaceForever(22); });
  threads.emplace_back([this] { ComeAndGo(1000); });
  threads.emplace_back([this] { ComeAndGo(2000); });
  for (int i = 0; i < kSearchers; ++i) {
    threads.emplace_back([this, i] { i % 2 == 0 ? SearchAll(30 + i) : SearchNear(30 + i); });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_P(ConcurrencyTest, ScrollsMissNothingAndRepeatNothing) {
  searching_ = 2;
  std::vector<std::thread> threads;
  threads.emplace_back([this] { ReplaceForever(31); });
  threads.emplace_back([this] { ComeAndGo(1000); });
  threads.emplace_back([this] { ScrollAll(32); });
  threads.emplace_back([this] { ScrollAll(33); });
  for (std::thread& thread : threads) thread.join();
}

// Points that expire within milliseconds, renewed, replaced and erased all the while: whoever looks
// finds none that was expired before the look, and always those that are renewed in time.
TEST_P(ConcurrencyTest, WhatIsExpiredIsGoneForEveryone) {
  const auto expiring = [this](uint64_t seed) {
    Random random(seed);
    while (searching_.load() > 0) {
      const std::vector<float> vector = random.GaussianVector(kDims);
      const UpsertItem item{Id(3000 + random.Below(50)), vector, "",
                            absl::Now() + absl::Milliseconds(random.Below(8))};
      (void)collection_->Upsert({item},
                                random.OneIn(2) ? WriteMode::kUpsert : WriteMode::kInsertOnly);
      PointUpdate renew;
      renew.expire_time = absl::Now() + absl::Milliseconds(random.Below(8));
      const std::vector<PointId> ids = {Id(3000 + random.Below(50))};
      EXPECT_TRUE(collection_->Update(ids, renew).ok());
      if (random.OneIn(40)) (void)ValueOf(collection_->SealWrites());
    }
  };
  const auto erasing = [this] {
    while (searching_.load() > 0) (void)ValueOf(collection_->EraseExpiredOnce());
  };
  const auto looking = [this] {
    for (size_t i = 0; i < kSearches; ++i) {
      const absl::Time start = absl::Now();
      std::set<PointId> ids;
      for (const FoundPoint& point :
           ValueOf(collection_->Scroll(PointId(), 1000, {}, nullptr, testing::NeverStop)).points) {
        EXPECT_GT(point.expire_time, start);
        ids.insert(point.id);
      }
      for (uint64_t id = 0; id < kPermanent; ++id) EXPECT_EQ(ids.count(Id(id)), 1u) << id;
    }
    --searching_;
  };
  std::vector<std::thread> threads;
  threads.emplace_back(expiring, 41);
  threads.emplace_back(expiring, 42);
  threads.emplace_back(erasing);
  threads.emplace_back(looking);
  threads.emplace_back([this] { SearchAll(43); });
  for (std::thread& thread : threads) thread.join();
  while (collection_->view()->expiries->size() > 0) std::this_thread::yield();  // or time out
  EXPECT_EQ(collection_->Stats().points, kPermanent);
}

// An engine that goes away while lanes work on several collections.
TEST_P(ConcurrencyTest, StopsWhileItIsBuilding) {
  Random random(3);
  for (int i = 0; i < 200; ++i) {
    EXPECT_TRUE(Put(5000 + static_cast<uint64_t>(i), random.GaussianVector(kDims)).ok());
    if (i % 50 == 49) (void)ValueOf(collection_->SealWrites());
  }
  collection_.reset();
  engine_.reset();
}

// Rows die while the segment that will hold them is on its way: one thread seals and merges, the
// other deletes and replaces until that is done.
TEST_P(ConcurrencyTest, WhatDiesWhileItsSegmentIsBuiltStaysDead) {
  CollectionSpec spec = collection_->spec().requested;
  testing::TestCollection collection(spec);
  constexpr uint64_t kPoints = 3000;
  Random random(4);
  std::vector<testing::NamedVector> points;
  for (uint64_t id = 0; id < kPoints; ++id)
    points.push_back({Id(id), random.GaussianVector(kDims)});
  collection.Upsert(points);
  std::atomic<bool> indexed{false};
  std::thread background([&] {
    collection.Index();
    indexed = true;
  });
  uint64_t next = 0;
  for (; !indexed && next < kPoints - 10; next += 2) {
    collection.Delete({Id(next)});
    collection.Upsert({{Id(next + 1), points[next].vector}});
  }
  background.join();
  EXPECT_EQ(collection->Stats().points, kPoints - next / 2);
  FunnelRequest all;
  all.shortlist_size = kPoints;
  for (const PlanRequest& plan : {PlanRequest(ExactRequest{}), PlanRequest(all)}) {
    SearchRequest request;
    request.vector = points[0].vector;
    request.limit = kPoints;
    request.plan = plan;
    std::set<PointId> ids;
    for (const Hit& hit : collection.Search(request).hits) {
      EXPECT_TRUE(ids.insert(hit.id).second);
      EXPECT_TRUE(hit.id.number() % 2 == 1 || hit.id.number() >= next) << hit.id.ToString();
    }
    EXPECT_EQ(ids.size(), kPoints - next / 2);
  }
}

// Dropping waits for nobody who still holds the collection, and harms nobody.
TEST_P(ConcurrencyTest, DropsWhileOthersReadAndWrite) {
  std::vector<std::thread> threads;
  for (uint64_t seed : {21, 22}) {
    threads.emplace_back([this, seed] {
      Random random(seed);
      for (;;) {
        if (!Put(random.Below(kPermanent), random.GaussianVector(kDims)).ok()) return;
      }
    });
  }
  threads.emplace_back([this] { SearchAll(23); });
  while (searching_.load() == 2 && collection_->Stats().durable_sequence < Sequence{200}) {
    std::this_thread::yield();
  }
  EXPECT_TRUE(engine_->DropCollection("docs").ok());
  for (std::thread& thread : threads) thread.join();
}

INSTANTIATE_TEST_SUITE_P(Kinds, ConcurrencyTest,
                         ::testing::Values(IndexKind::kHnsw, IndexKind::kIvf, IndexKind::kFlat));

}  // namespace
}  // namespace nestor
