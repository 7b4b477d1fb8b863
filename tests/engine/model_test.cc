#include "tests/engine/model.h"

#include <cstdlib>
#include <functional>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/engine.h"
#include "gtest/gtest.h"
#include "rocksdb/env.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/borrowed_store.h"
#include "tests/testing/damage.h"
#include "tests/testing/temp_dir.h"

// Random sequences of everything that a collection can do, against a map and brute force. To look
// harder: NESTOR_MODEL_STEPS=5000 engine_tests --gtest_filter=*Model*, or
// NESTOR_MODEL_SEQUENCES=20000 engine_tests --gtest_filter=*ManySequences*

namespace nestor {
namespace {

using testing::ModelClock;
using testing::ModelDriver;
using testing::ModelSetup;
using testing::TestCollection;
using testing::ValueOf;

int FromEnvironment(const char* name, int usual) {
  int number = 0;
  const char* wanted = std::getenv(name);
  return wanted != nullptr && absl::SimpleAtoi(wanted, &number) ? number : usual;
}

int Steps(int usual) { return FromEnvironment("NESTOR_MODEL_STEPS", usual); }

std::unique_ptr<PointStore> OpenRocksDb(const testing::TempDir& directory) {
  return ValueOf(OpenRocksDbStore({.directory = directory.Join("store"),
                                   .block_cache_bytes = 1 << 20,
                                   .background_threads = 1}));
}

EngineOptions OptionsOf(const ModelClock& clock) {
  EngineOptions options;
  options.clock = [&clock] { return clock.Now(); };
  options.new_uuid = [] { return "uuid"; };
  return options;
}

class ModelTest : public ::testing::TestWithParam<uint64_t> {
 protected:
  const ModelSetup setup_ = ModelSetup::FromSeed(GetParam());
  ::testing::ScopedTrace trace_{__FILE__, __LINE__, setup_.Describe()};
};

// Sealing, merging and reopening happen between the operations, in an order that the seed decides.
// Before each reopening comes `before_reopen`.
void DriveCollection(
    const ModelSetup& setup, uint64_t seed, int steps, TestCollection* collection,
    const std::function<void(testing::Random&)>& before_reopen = [](testing::Random&) {}) {
  ModelClock clock;
  collection->clock = [&clock] { return clock.Now(); };
  ModelDriver driver(setup, seed, clock, ModelDriver::Erasing::kHere);
  for (int step = 0; step < steps && !::testing::Test::HasFailure(); ++step) {
    SCOPED_TRACE(absl::StrCat("step ", step, ", ", driver.size(), " points"));
    driver.Step(**collection);
    switch (driver.random().Below(24)) {
      case 0:
        (void)ValueOf((*collection)->SealWrites());
        break;
      case 1:
      case 2:
        (void)(*collection)->SealOnce();
        break;
      case 3:
        (void)ValueOf((*collection)->MergeOnce(1));
        break;
      case 4:
        ASSERT_TRUE((*collection)->RefreshSnapshot().ok());
        break;
      case 7:
        (void)collection->IndexPayloads();
        break;
      case 8:
        driver.EraseExpired(**collection);
        break;
      case 5:
        if (!driver.random().OneIn(4)) break;
        before_reopen(driver.random());
        collection->Reopen();
        break;
      case 6:
        if (driver.random().OneIn(2)) collection->Index();
        break;
    }
  }
  driver.CheckAll(**collection);
  collection->Index();
  EXPECT_EQ((*collection)->Stats().unindexed_points, 0u);
  driver.CheckAll(**collection);
  collection->Reopen();
  driver.CheckAll(**collection);
  while (collection->StoredPoints() > driver.size() && !::testing::Test::HasFailure()) {
    driver.EraseExpired(**collection);
  }
  driver.CheckAll(**collection);
  EXPECT_EQ(collection->StoredPoints(), driver.size());
}

TEST_P(ModelTest, CollectionInMemoryAgreesAfterEveryStep) {
  TestCollection collection(setup_.spec);
  DriveCollection(setup_, GetParam(), Steps(300), &collection);
}

// Segments in files, which are damaged now and then while the collection is closed.
TEST_P(ModelTest, CollectionWithDamagedFilesAgreesAfterEveryStep) {
  const std::unique_ptr<rocksdb::Env> memory(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  const std::unique_ptr<CheckedFiles> files = ValueOf(CheckedFiles::Open("/files", memory.get()));
  TestCollection collection(setup_.spec);
  collection.files = files.get();
  collection.Reopen();
  DriveCollection(setup_, GetParam() + 3000, Steps(300), &collection, [&](testing::Random& random) {
    if (random.OneIn(2)) testing::DamageAFile(*files, &random);
  });
}

// The same with an engine around: background threads seal and merge whenever they like.
TEST_P(ModelTest, EngineWithBackgroundWorkAgreesAfterEveryStep) {
  ModelClock clock;
  const std::unique_ptr<PointStore> store = NewMemoryStore();
  const auto open = [&] {
    return ValueOf(
        Engine::Open(std::make_unique<testing::BorrowedStore>(*store), OptionsOf(clock)));
  };
  std::unique_ptr<Engine> engine = open();
  std::shared_ptr<Collection> collection =
      ValueOf(engine->CreateCollection(setup_.spec, Engine::IfExists::kRefuse));
  ModelDriver driver(setup_, GetParam() + 1000, clock, ModelDriver::Erasing::kElsewhere);
  for (int step = 0; step < Steps(150) && !HasFailure(); ++step) {
    SCOPED_TRACE(absl::StrCat("step ", step, ", ", driver.size(), " points"));
    driver.Step(*collection);
    if (driver.random().OneIn(12)) (void)ValueOf(collection->SealWrites());
    if (driver.random().OneIn(80)) {
      collection.reset();
      engine.reset();
      engine = open();
      collection = ValueOf(engine->Find(setup_.spec.name));
    }
  }
  driver.CheckAll(*collection);
}

// Many sequences more, shorter ones. How many in all: NESTOR_MODEL_SEQUENCES.
class ManySequencesTest : public ::testing::TestWithParam<uint64_t> {};

constexpr uint64_t kSequenceShares = 4;

TEST_P(ManySequencesTest, CollectionInMemoryAgreesAfterEveryStep) {
  const auto sequences = static_cast<uint64_t>(FromEnvironment("NESTOR_MODEL_SEQUENCES", 100));
  for (uint64_t i = GetParam(); i < sequences && !HasFailure(); i += kSequenceShares) {
    const uint64_t seed = 10'000 + i;
    const ModelSetup setup = ModelSetup::FromSeed(seed);
    SCOPED_TRACE(absl::StrCat("seed ", seed, ": ", setup.Describe()));
    TestCollection collection(setup.spec);
    DriveCollection(setup, seed, 100, &collection);
  }
}

INSTANTIATE_TEST_SUITE_P(Shares, ManySequencesTest, ::testing::Range<uint64_t>(0, kSequenceShares));

INSTANTIATE_TEST_SUITE_P(Seeds, ModelTest, ::testing::Range<uint64_t>(0, 36));

class RocksDbModelTest : public ModelTest {};

TEST_P(RocksDbModelTest, EngineAgreesAcrossRestarts) {
  ModelClock clock;
  const testing::TempDir directory;
  const auto open = [&] {
    EngineOptions options = OptionsOf(clock);
    options.files = ValueOf(CheckedFiles::Open(directory.Join("segments")));
    return ValueOf(Engine::Open(OpenRocksDb(directory), std::move(options)));
  };
  std::unique_ptr<Engine> engine = open();
  std::shared_ptr<Collection> collection =
      ValueOf(engine->CreateCollection(setup_.spec, Engine::IfExists::kRefuse));
  ModelDriver driver(setup_, GetParam() + 2000, clock, ModelDriver::Erasing::kElsewhere);
  for (int step = 0; step < Steps(80) && !HasFailure(); ++step) {
    SCOPED_TRACE(absl::StrCat("step ", step, ", ", driver.size(), " points"));
    driver.Step(*collection);
    if (driver.random().OneIn(10)) (void)ValueOf(collection->SealWrites());
    if (step % 40 == 39) {
      collection.reset();
      engine.reset();
      engine = open();
      collection = ValueOf(engine->Find(setup_.spec.name));
      driver.CheckAll(*collection);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RocksDbModelTest, ::testing::Values(0, 4, 8, 9, 13, 17));

}  // namespace
}  // namespace nestor
