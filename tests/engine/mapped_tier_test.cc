// Tiers that stay in a segment's file: they need no memory, and their disk may fail.

#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "engine/point_records.h"
#include "engine/segment_file.h"
#include "engine/segment_sections.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/damage.h"
#include "tests/testing/random_vectors.h"
#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Id;
using testing::IdsOf;
using testing::Random;
using ::testing::SizeIs;
using testing::TempDir;
using testing::TestCollection;
using testing::ValueOf;

struct Kind {
  TierKind tier = TierKind::kInt8;
  Metric metric = Metric::kCosine;
};

constexpr uint32_t kTierDims = 1024;
constexpr size_t kTierRows = 400;
constexpr size_t kPage = 4096;

class MappedTierTest : public ::testing::TestWithParam<Kind> {
 protected:
  MappedTierTest() {
    CollectionSpec spec;
    spec.name = "docs";
    spec.dims = kTierDims;
    spec.metric = GetParam().metric;
    spec.rerank_tier = GetParam().tier;
    spec_ = testing::Resolve(spec);
    SegmentBuilder builder(spec_, testing::FirstCoder(spec_), kTierRows);
    Random random(1);
    for (size_t i = 0; i < kTierRows; ++i) {
      builder.Append(Row{i + 1}, Sequence{i + 1}, random.GaussianVector(kTierDims).data());
      all_.push_back(static_cast<uint32_t>(i));
    }
    const auto flat = std::move(builder).Finish();
    const RowBitmap dead(kTierRows);
    built_ = testing::Merge(spec_, {{flat.get(), &dead}});
    const uint32_t crc =
        ValueOf(WriteSegment(*built_, TierRows(*built_->tier), spec_, nullptr, *files_, "segment"));
    read_ = ValueOf(ReadSegment(spec_, *files_, "segment", crc));
  }

  // Cuts the file where the page of row `row` of the tier's first part begins.
  void CutBefore(size_t row) {
    const size_t row_bytes = built_->tier->Parts()[0].row_bytes;
    std::string rows(row_bytes * kTierRows, '\0');
    for (const uint32_t i : all_) {
      ASSERT_TRUE(built_->tier->CopyPart(0, i, rows.data() + i * row_bytes));
    }
    const size_t begin = testing::ContentOf(*files_, "segment").find(rows);
    ASSERT_NE(begin, std::string::npos);
    const size_t at = (begin + row * row_bytes) / kPage * kPage;
    ASSERT_EQ(truncate(files_->PathOf("segment").c_str(), static_cast<off_t>(at)), 0);
  }

  std::vector<float> Scores(const Segment& segment, size_t dims) const {
    std::vector<float> scores(kTierRows);
    segment.tier->Score(query_, all_, dims, scores.data());
    return scores;
  }
  std::vector<float> ScoresAndErrors(const Segment& segment) const {
    std::vector<float> both(2 * kTierRows);
    segment.tier->ScoreWithError(query_, all_, ErrorBound::kCertain, both.data(),
                                 both.data() + kTierRows);
    return both;
  }
  std::vector<float> LikelyScoresAndErrors(const Segment& segment) const {
    std::vector<float> both(2 * kTierRows);
    segment.tier->ScoreWithError(query_, all_, ErrorBound::kLikely, both.data(),
                                 both.data() + kTierRows);
    return both;
  }
  std::vector<float> RoughScoresAndErrors(const Segment& segment) const {
    std::vector<float> both(2 * kTierRows);
    if (segment.tier->RoughRowBytes() == 0) return both;
    segment.tier->ScoreRoughly(query_, all_, both.data(), both.data() + kTierRows);
    return both;
  }

  const TempDir directory_;
  const std::unique_ptr<CheckedFiles> files_ =
      ValueOf(CheckedFiles::Open(directory_.Join("segments")));
  ResolvedSpec spec_;
  std::vector<uint32_t> all_;
  std::shared_ptr<const Segment> built_, read_;
  const std::vector<float> vector_ = Random(2).GaussianVector(kTierDims);
  const FullQuery query_{GetParam().metric, vector_.data(), kTierDims};
};

TEST_P(MappedTierTest, ScoresWhatTheOneInMemoryDoes) {
  EXPECT_FALSE(built_->tier->ReadAhead(0, kTierRows));
  (void)read_->tier->ReadAhead(kTierRows - 1, 2);  // as many as there are
  EXPECT_EQ(Scores(*read_, 64), Scores(*built_, 64));
  EXPECT_EQ(Scores(*read_, kTierDims), Scores(*built_, kTierDims));
  EXPECT_EQ(ScoresAndErrors(*read_), ScoresAndErrors(*built_));
  EXPECT_EQ(read_->tier->RoughRowBytes() > 0, GetParam().tier == TierKind::kInt8);
  EXPECT_EQ(RoughScoresAndErrors(*read_), RoughScoresAndErrors(*built_));
}

TEST_P(MappedTierTest, TakesMemoryForWhatIsSmallOnly) {
  const size_t row_bytes = built_->tier->Parts()[0].row_bytes;
  EXPECT_GE(row_bytes, built_->tier->RowBytes(kTierDims));
  EXPECT_GE(built_->tier->MemoryBytes(), row_bytes * kTierRows);
  EXPECT_EQ(built_->tier->MappedBytes(), 0u);
  EXPECT_LE(read_->tier->MemoryBytes(), 2 * sizeof(float) * kTierRows);
  EXPECT_EQ(read_->tier->MappedBytes(), row_bytes * kTierRows);
}

TEST_P(MappedTierTest, RowsThatCannotBeReadMayScoreAnything) {
  CutBefore(kTierRows / 2);
  const std::vector<float> good = ScoresAndErrors(*built_), now = ScoresAndErrors(*read_);
  const std::vector<float> good64 = Scores(*built_, 64), now64 = Scores(*read_, 64);
  const std::vector<float> good_rough = RoughScoresAndErrors(*built_);
  const std::vector<float> rough = RoughScoresAndErrors(*read_);
  size_t unreadable = 0;
  for (size_t i = 0; i < kTierRows; ++i) {
    std::vector<float> vector(kTierDims);
    const bool decoded = read_->tier->Decode(static_cast<uint32_t>(i), kTierDims, vector.data());
    if (now[i] == kUnreadableScore) {
      EXPECT_TRUE(std::isinf(now[kTierRows + i]));
      EXPECT_FALSE(decoded);
      ++unreadable;
    } else {
      EXPECT_EQ(now[i], good[i]);
      EXPECT_EQ(now[kTierRows + i], good[kTierRows + i]);
      EXPECT_TRUE(decoded);
      EXPECT_EQ(rough[i], good_rough[i]);
    }
    EXPECT_TRUE(now64[i] == good64[i] || now64[i] == kUnreadableScore) << i;
    EXPECT_TRUE(rough[i] == good_rough[i] || rough[i] == kUnreadableScore) << i;
    EXPECT_TRUE(rough[i] != kUnreadableScore || std::isinf(rough[kTierRows + i])) << i;
  }
  EXPECT_GE(unreadable, kTierRows / 2);
  EXPECT_LE(unreadable, kTierRows / 2 + kPage / read_->tier->RowBytes(kTierDims) + 1);
}

// Whatever is there now, a score is a number and an error is none that is negative.
TEST_P(MappedTierTest, WhatARowSaysOfItselfMayHaveChanged) {
  const size_t row_bytes = built_->tier->Parts()[0].row_bytes;
  std::string row(row_bytes, '\0');
  ASSERT_TRUE(built_->tier->CopyPart(0, 0, row.data()));
  const size_t begin = testing::ContentOf(*files_, "segment").find(row);
  ASSERT_NE(begin, std::string::npos);
  const std::vector<float> good = ScoresAndErrors(*built_);
  for (const float value : {std::nanf(""), INFINITY, -INFINITY, -1.0F, 1e30F}) {
    for (size_t number = 0; number < 4; ++number) {
      std::string changed = row;
      std::memcpy(changed.data() + number * sizeof(value), &value, sizeof(value));
      std::fstream file(files_->PathOf("segment"), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(begin));
      file.write(changed.data(), static_cast<std::streamsize>(changed.size()));
      file.close();
      for (const std::vector<float>& now :
           {ScoresAndErrors(*read_), LikelyScoresAndErrors(*read_), RoughScoresAndErrors(*read_)}) {
        EXPECT_TRUE(std::isfinite(now[0])) << value << " as number " << number;
        EXPECT_GE(now[kTierRows], 0) << value << " as number " << number;
      }
      EXPECT_EQ(ScoresAndErrors(*read_)[1], good[1]);
    }
  }
}

TEST_P(MappedTierTest, AMergeOfRowsThatCannotBeReadFails) {
  CutBefore(kTierRows / 2);
  const RowBitmap dead(kTierRows);
  const auto merged = MergeSegments(spec_, {{read_.get(), &dead}}, {});
  ASSERT_TRUE(absl::IsUnavailable(merged.status())) << merged.status();
  EXPECT_THAT(merged.status().ToString(), HasSubstr("the disk failed"));
}

TEST_P(MappedTierTest, SoDoesWritingOrCopyingThem) {
  const RowBitmap dead(kTierRows);
  const MergedSegment merged = ValueOf(MergeSegments(spec_, {{read_.get(), &dead}}, {}));
  CutBefore(kTierRows / 2);
  EXPECT_TRUE(absl::IsUnavailable(
      WriteSegment(*merged.segment, merged.rows, spec_, nullptr, *files_, "other").status()));
  EXPECT_THAT(ValueOf(files_->List()), ElementsAre("segment"));
  EXPECT_TRUE(absl::IsUnavailable(CopyTier(spec_, merged)));
  EXPECT_EQ(merged.segment->tier, nullptr);
}

INSTANTIATE_TEST_SUITE_P(Kinds, MappedTierTest,
                         ::testing::Values(Kind{}, Kind{.metric = Metric::kL2},
                                           Kind{.metric = Metric::kDot},
                                           Kind{.tier = TierKind::kFloat32},
                                           Kind{TierKind::kFloat32, Metric::kL2},
                                           Kind{TierKind::kFloat32, Metric::kDot}));

// A collection whose segments have files.
class MappedCollectionTest : public ::testing::Test {
 protected:
  MappedCollectionTest() : collection_(Spec()) {
    collection_.files = files_.get();
    collection_.Reopen();
  }

  static CollectionSpec Spec() {
    CollectionSpec spec;
    spec.dims = 64;
    spec.metric = Metric::kDot;
    spec.index_kind = IndexKind::kFlat;
    return spec;
  }
  void Put(uint64_t first, uint64_t last) {
    std::vector<float> vector(64, 1.0f);
    for (uint64_t id = first; id <= last; ++id) {
      vector[0] = static_cast<float>(id);
      collection_.Upsert({{Id(id), vector}});
    }
  }
  std::vector<PointId> Best(const PlanRequest& plan, bool estimated_scores = false) {
    std::vector<float> query(64);
    query[0] = 1;
    SearchRequest request;
    request.vector = query;
    request.limit = 3;
    request.plan = plan;
    request.estimated_scores = estimated_scores;
    return IdsOf(collection_.Search(request));
  }

  const TempDir directory_;
  const std::unique_ptr<CheckedFiles> files_ =
      ValueOf(CheckedFiles::Open(directory_.Join("segments")));
  TestCollection collection_;
};

TEST_F(MappedCollectionTest, AMergedSegmentIsMappedAtOnce) {
  Put(1, 300);
  collection_.Seal();
  EXPECT_GT(collection_->Stats().rerank_tier_bytes, 300u * 64);
  EXPECT_EQ(collection_->Stats().rerank_tier_mapped_bytes, 0u);
  collection_.Index();
  EXPECT_LE(collection_->Stats().rerank_tier_bytes, 300u * 2 * sizeof(float));
  // Before its codes a row has a line at least.
  EXPECT_EQ(collection_->Stats().rerank_tier_mapped_bytes, 300u * (64 + 64));
  EXPECT_EQ(collection_->Stats().point_record_mapped_bytes, 300u * PointRecordBytes(64));
}

TEST_F(MappedCollectionTest, AnswersStayRightWhenTheDiskFails) {
  Put(1, 300);
  collection_.Index();
  const auto best = ElementsAre(Id(300), Id(299), Id(298));
  EXPECT_THAT(Best(ExactRequest{}), best);
  ASSERT_THAT(ValueOf(files_->List()), SizeIs(1));
  const std::string name = ValueOf(files_->List())[0];
  ASSERT_EQ(truncate(files_->PathOf(name).c_str(), 0), 0);
  EXPECT_THAT(Best(ExactRequest{}), best);
  EXPECT_THAT(Best(FunnelRequest{.shortlist_size = 100, .stages = {}}), best);
  EXPECT_THAT(Best(AdaptiveRequest{.recall_target = 0.99}), best);
  EXPECT_THAT(Best(FunnelRequest{.shortlist_size = 100, .stages = {}}, true), best);

  // They are merged no more before the next start reads them from the store; others are.
  Put(301, 700);
  collection_.Index();
  EXPECT_EQ(collection_->Stats().segments, 2u);
  EXPECT_EQ(collection_->Stats().unindexed_points, 0u);
  EXPECT_THAT(collection_.log, ElementsAre(HasSubstr("a segment is merged no more")));
  EXPECT_THAT(Best(ExactRequest{}), ElementsAre(Id(700), Id(699), Id(698)));
  collection_.Reopen();
  collection_.Index();
  EXPECT_EQ(collection_->Stats().segments, 1u);
  EXPECT_EQ(collection_->Stats().points, 700u);
  EXPECT_THAT(Best(ExactRequest{}), ElementsAre(Id(700), Id(699), Id(698)));
}

// What a merge writes has a new checksum, so nothing that has changed may get there.
TEST_F(MappedCollectionTest, WhatHasChangedInAFileIsNotMerged) {
  Put(1, 300);
  collection_.Index();
  const std::string name = ValueOf(files_->List())[0];
  const auto sections = ValueOf(CheckedFileReader::Open(*files_, name));
  std::string codes(sections.BytesOf(static_cast<uint32_t>(SegmentSection::kTierInt8)), '\0');
  ASSERT_TRUE(
      sections.Read(static_cast<uint32_t>(SegmentSection::kTierInt8), codes.data(), codes.size())
          .ok());
  const size_t at = testing::ContentOf(*files_, name).find(codes);
  ASSERT_NE(at, std::string::npos);
  {
    std::fstream file(files_->PathOf(name), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at + codes.size() / 2));
    file.put(static_cast<char>(codes[codes.size() / 2] ^ 1));
  }
  Put(301, 700);
  collection_.Index();
  EXPECT_THAT(collection_.log, ElementsAre(HasSubstr("it has changed since it was read")));
  EXPECT_EQ(collection_->Stats().segments, 2u);
  collection_.Reopen();
  collection_.Index();
  EXPECT_EQ(collection_->Stats().segments, 1u);
  EXPECT_THAT(Best(ExactRequest{}), ElementsAre(Id(700), Id(699), Id(698)));
}

// A sanitizer takes more memory of its own than the limit leaves; Clang does not say here whether
// there is one.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)

// This process's memory but for what is mapped from files.
size_t DataBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmData:")) return std::stoul(line.substr(7)) * 1024;
  }
  return 0;
}

class LargerThanMemoryTest : public ::testing::Test {
 protected:
  static constexpr uint32_t kDims = 256;
  static constexpr uint64_t kPoints = 60'000;
  static constexpr size_t kTierBytes = kPoints * kDims * sizeof(float);

  LargerThanMemoryTest() : collection_(Spec()) {
    collection_.files = files_.get();
    collection_.Reopen();
    Random random(3);
    std::vector<testing::NamedVector> batch;
    for (uint64_t id = 1; id <= kPoints; ++id) {
      batch.push_back({Id(id), random.GaussianVector(kDims)});
      if (id % 500 == 0) {
        collection_.Upsert(batch);
        batch.clear();
      }
    }
    collection_.Index();
  }
  static CollectionSpec Spec() {
    CollectionSpec spec;
    spec.dims = kDims;
    spec.rerank_tier = TierKind::kFloat32;
    spec.index_kind = IndexKind::kFlat;
    spec.prefix_dims = 64;
    spec.prefix_bits = 4;
    return spec;
  }
  // Whether the exact search for this vector finds this point first.
  bool Finds(uint64_t id, const std::vector<float>& vector) {
    SearchRequest request;
    request.vector = vector;
    request.limit = 1;
    request.plan = ExactRequest{};
    return IdsOf(collection_.Search(request)) == std::vector<PointId>{Id(id)};
  }
  // Restarts, searches, deletes a third and merges with memory for half the tier; exits with 0.
  void RunWithHalfTheMemory() {
    malloc_trim(0);  // what other tests have left would be room
    const size_t bytes = DataBytes() + kTierBytes / 2;
    const rlimit limit = {bytes, bytes};
    NESTOR_CHECK(setrlimit(RLIMIT_DATA, &limit) == 0);
    // Or the limit is none.
    NESTOR_CHECK(mmap(nullptr, kTierBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                      0) == MAP_FAILED);
    collection_.Reopen();
    NESTOR_CHECK(collection_->Stats().unindexed_points == 0);
    CheckSome(1);
    for (uint64_t id = 1; id <= kPoints; id += 3) collection_.Delete({Id(id)});
    collection_.Index();
    NESTOR_CHECK(collection_->Stats().dead_rows == 0);
    CheckSome(2);
    std::_Exit(collection_.log.empty() ? 0 : 1);
  }
  // Points first, first + 3, ... are found by their vectors.
  void CheckSome(uint64_t first) {
    Random random(3);
    for (uint64_t id = 1; id <= 60; ++id) {
      const std::vector<float> vector = random.GaussianVector(kDims);
      if (id % 3 == first % 3) NESTOR_CHECK(Finds(id, vector));
    }
  }

  const TempDir directory_;
  const std::unique_ptr<CheckedFiles> files_ =
      ValueOf(CheckedFiles::Open(directory_.Join("segments")));
  TestCollection collection_;
};

TEST_F(LargerThanMemoryTest, ATierNeedsNoneToBeReadSearchedAndMerged) {
  EXPECT_EXIT(RunWithHalfTheMemory(), ::testing::ExitedWithCode(0), "");
}

#endif

}  // namespace
}  // namespace nestor
