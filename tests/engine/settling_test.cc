#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/calibration.h"
#include "engine/engine.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/checked_file.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/random_vectors.h"
#include "tests/testing/temp_dir.h"

// What becomes of segments when nothing is written.

namespace nestor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Id;
using testing::TempDir;
using testing::TestCollection;
using testing::ValueOf;

constexpr uint32_t kSettlingDims = 8;
constexpr absl::Duration kQuietTime = absl::Seconds(10);

CollectionSpec SettlingSpec() {
  CollectionSpec spec;
  spec.name = "docs";
  spec.dims = kSettlingDims;
  return spec;
}

std::vector<testing::NamedVector> Points(uint64_t first, uint64_t last) {
  std::vector<testing::NamedVector> points;
  for (uint64_t id = first; id <= last; ++id) {
    points.push_back({Id(id), testing::Random(id).GaussianVector(kSettlingDims)});
  }
  return points;
}

void Put(TestCollection* collection, uint64_t first, uint64_t last) {
  collection->Upsert(Points(first, last));
}

class SettlingTest : public ::testing::Test {
 protected:
  SettlingTest() {
    collection_.settles_after = kQuietTime;
    collection_.files = files_.get();
    collection_.Reopen();
    Put(&collection_, 1, 300);
    collection_.Index();
    Put(&collection_, 301, 310);
    collection_.Index();
  }

  uint32_t Segments() { return collection_->Stats().segments; }
  // As often as the engine looks: true if one of these looks has merged.
  bool SettlesWithin(absl::Duration time) {
    const absl::Time end = collection_.now + time;
    while (true) {
      if (ValueOf(collection_->SettleOnce(1))) return true;
      if (collection_.now >= end) return false;
      collection_.now += absl::Seconds(1);
    }
  }
  std::vector<PointId> Best(uint64_t id) {
    const std::vector<float> query = testing::Random(id).GaussianVector(kSettlingDims);
    SearchRequest request;
    request.vector = query;
    request.limit = 1;
    return testing::IdsOf(collection_.Search(request));
  }

  const TempDir directory_;
  const std::unique_ptr<CheckedFiles> files_ =
      ValueOf(CheckedFiles::Open(directory_.Join("segments")));
  TestCollection collection_{SettlingSpec()};
};

TEST_F(SettlingTest, LeavesOneSegmentAndEveryPoint) {
  ASSERT_EQ(Segments(), 2u);
  EXPECT_FALSE(collection_->IsSettled());
  EXPECT_TRUE(SettlesWithin(kQuietTime));
  EXPECT_EQ(Segments(), 1u);
  EXPECT_TRUE(collection_->IsSettled());
  EXPECT_EQ(ValueOf(files_->List()).size(), 1u);
  EXPECT_FALSE(SettlesWithin(absl::Hours(1))) << "there is nothing more";
  for (const uint64_t id : {1, 300, 301, 310}) EXPECT_THAT(Best(id), ElementsAre(Id(id)));
  collection_.Reopen();
  EXPECT_EQ(Segments(), 1u);
  for (const uint64_t id : {1, 300, 301, 310}) EXPECT_THAT(Best(id), ElementsAre(Id(id)));
}

TEST_F(SettlingTest, WaitsUntilNothingIsWritten) {
  EXPECT_FALSE(SettlesWithin(kQuietTime - absl::Seconds(1)));
  collection_.Delete({Id(7)});
  EXPECT_FALSE(SettlesWithin(kQuietTime - absl::Seconds(1)));
  EXPECT_EQ(Segments(), 2u);
  EXPECT_TRUE(SettlesWithin(absl::Seconds(2)));
  EXPECT_EQ(Segments(), 1u);
  EXPECT_EQ(collection_->Stats().points, 309u);
}

TEST_F(SettlingTest, WaitsForWhatIsDue) {
  Put(&collection_, 311, 312);
  collection_.Seal();
  EXPECT_FALSE(SettlesWithin(absl::Minutes(1)));
  EXPECT_FALSE(collection_->IsSettled());
  collection_.Index();
  EXPECT_TRUE(SettlesWithin(absl::Minutes(1)));
}

TEST_F(SettlingTest, IsInterruptedAndThenPauses) {
  EXPECT_FALSE(SettlesWithin(kQuietTime - absl::Seconds(1)));
  collection_.now += absl::Seconds(1);
  collection_->AllowSettling();
  collection_->InterruptSettling();
  collection_.tick = absl::Seconds(1);  // the time that it takes
  EXPECT_TRUE(absl::IsCancelled(collection_->SettleOnce(1).status()));
  collection_.tick = absl::ZeroDuration();
  EXPECT_EQ(Segments(), 2u);
  EXPECT_TRUE(collection_->IsSettled()) << "for now";
  collection_->AllowSettling();
  EXPECT_FALSE(SettlesWithin(absl::Seconds(19)));
  EXPECT_TRUE(SettlesWithin(absl::Minutes(1)));
  EXPECT_EQ(Segments(), 1u);
}

TEST_F(SettlingTest, QuietBeginsWhenNothingIsDue) {
  Put(&collection_, 311, 312);
  EXPECT_FALSE(SettlesWithin(kQuietTime - absl::Seconds(1)));
  collection_.Index();  // after so long: writers may wait for it
  EXPECT_FALSE(SettlesWithin(kQuietTime - absl::Seconds(1)));
  EXPECT_TRUE(SettlesWithin(absl::Seconds(1)));
}

TEST_F(SettlingTest, WhoAsksNeedNotWait) {
  collection_->AskForSettling();
  EXPECT_TRUE(SettlesWithin(absl::ZeroDuration()));
  Put(&collection_, 311, 320);
  collection_.Index();
  EXPECT_FALSE(SettlesWithin(absl::ZeroDuration())) << "that was once";
}

TEST_F(SettlingTest, LeavesRoomForWrites) {
  collection_.disk_used = 0.949999999999;
  EXPECT_FALSE(SettlesWithin(absl::Hours(1)));
  EXPECT_TRUE(collection_->IsSettled()) << "as far as it can";
  collection_.disk_used = 0;
  EXPECT_TRUE(SettlesWithin(kQuietTime));
}

TEST_F(SettlingTest, NothingIsDoneIfItIsNotWanted) {
  collection_.settles_after = absl::InfiniteDuration();
  collection_.Reopen();
  collection_.Index();
  (void)collection_->AskForCalibration();
  EXPECT_FALSE(SettlesWithin(absl::Hours(1)));
  EXPECT_TRUE(collection_->IsSettled());
}

TEST_F(SettlingTest, AfterClosingNothingIsMerged) {
  collection_->Close();
  collection_->AllowSettling();
  EXPECT_FALSE(SettlesWithin(absl::Hours(1)));
  EXPECT_EQ(Segments(), 2u);
}

TEST_F(SettlingTest, ADamagedFileIsMergedNoMore) {
  EXPECT_TRUE(SettlesWithin(kQuietTime));
  Put(&collection_, 311, 320);
  collection_.Index();
  const std::string path = files_->PathOf(ValueOf(files_->List()).front());
  std::FILE* const file = std::fopen(path.c_str(), "r+b");
  ASSERT_NE(file, nullptr);
  ASSERT_EQ(std::fseek(file, 0, SEEK_END), 0);
  const long bytes = std::ftell(file);
  ASSERT_EQ(std::fseek(file, 0, SEEK_SET), 0);
  for (long i = 0; i < bytes; ++i) std::fputc('x', file);
  std::fclose(file);
  while (SettlesWithin(absl::Hours(1))) {
  }
  EXPECT_EQ(Segments(), 2u);
  EXPECT_TRUE(collection_->IsSettled()) << "as far as it can";
  EXPECT_THAT(collection_.log, ElementsAre(HasSubstr("merged no more")));
}

TEST_F(SettlingTest, CalibratingWaitsForIt) {
  Put(&collection_, 1001, 1000 + kLeastCalibrated);
  collection_.Index();
  Put(&collection_, 5001, 5010);
  collection_.Index();
  ASSERT_EQ(Segments(), 2u);
  EXPECT_FALSE(ValueOf(collection_->CalibrateOnce()));
  EXPECT_FALSE(ValueOf(collection_->CalibrateOnce())) << "it will have one segment soon";
  EXPECT_TRUE(SettlesWithin(kQuietTime));
  EXPECT_TRUE(ValueOf(collection_->CalibrateOnce()));
  EXPECT_EQ(collection_->view()->calibration->segments, 1u);
}

TEST_F(SettlingTest, WhoAsksForACalibrationDoesNotWaitLong) {
  Put(&collection_, 1001, 1000 + kLeastCalibrated);
  collection_.Index();
  Put(&collection_, 5001, 5010);
  collection_.Index();
  const uint64_t number = collection_->AskForCalibration();
  EXPECT_FALSE(ValueOf(collection_->CalibrateOnce()));
  EXPECT_TRUE(SettlesWithin(absl::ZeroDuration()));
  EXPECT_TRUE(ValueOf(collection_->CalibrateOnce()));
  EXPECT_TRUE(ValueOf(collection_->CalibrationEnded(number)));
  EXPECT_EQ(collection_->view()->calibration->segments, 1u);
}

TEST(EngineSettlingTest, GoesOnByItself) {
  EngineOptions options;
  options.new_uuid = [] { return std::string("the only one"); };
  options.settles_after = absl::ZeroDuration();
  const std::unique_ptr<Engine> engine = ValueOf(Engine::Open(NewMemoryStore(), options));
  const auto collection =
      ValueOf(engine->CreateCollection(SettlingSpec(), Engine::IfExists::kRefuse));
  const absl::Time deadline = absl::Now() + absl::Minutes(2);
  for (const auto& points : {Points(1, 400), Points(401, 410)}) {
    ASSERT_TRUE(collection->Upsert(testing::ItemsOf(points), WriteMode::kUpsert).ok());
    const Sequence sequence = ValueOf(collection->SealWrites());
    while (!collection->IsIndexed(sequence) && absl::Now() < deadline) {
      absl::SleepFor(absl::Milliseconds(1));
    }
  }
  while (!collection->IsSettled() && absl::Now() < deadline) absl::SleepFor(absl::Milliseconds(1));
  EXPECT_EQ(collection->Stats().segments, 1u);
  EXPECT_EQ(collection->Stats().points, 410u);
}

}  // namespace
}  // namespace nestor
