#include "engine/segment_file.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/segment_sections.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rocksdb/env.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/random_vectors.h"
#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

using ::testing::HasSubstr;
using testing::Random;
using testing::TempDir;
using testing::ValueOf;

constexpr uint32_t kFileDims = 70;
constexpr size_t kFileRows = 500;
constexpr uint32_t kM = 4;  // so that the graph has several levels
constexpr uint32_t kBaseStride = 2 * kM + 1;

struct Kind {
  IndexKind index = IndexKind::kHnsw;
  TierKind tier = TierKind::kInt8;
  Metric metric = Metric::kCosine;
  uint32_t bits = 8;
  float mean = 0;  // of all dims: codes then have a centre
  Transform transform = Transform::kNone;
};

ResolvedSpec SpecOf(const Kind& kind) {
  CollectionSpec spec;
  spec.name = "docs";
  spec.dims = kFileDims;
  spec.prefix_dims = 20;
  spec.prefix_bits = kind.bits;
  spec.metric = kind.metric;
  spec.index_kind = kind.index;
  spec.hnsw_m = kM;
  spec.transform = kind.transform;
  spec.rerank_tier = kind.tier;
  ResolvedSpec resolved = testing::Resolve(spec);
  resolved.uuid = "6a5f7f0e-0000-4000-8000-000000000001";
  return resolved;
}

// Every third row; each tenth of them with a zero prefix.
std::shared_ptr<const Segment> BuildSegment(const ResolvedSpec& spec, float mean) {
  SegmentBuilder builder(spec, testing::FirstCoder(spec), kFileRows);
  Random random(5);
  for (size_t i = 0; i < kFileRows; ++i) {
    std::vector<float> vector = random.GaussianVector(kFileDims);
    for (float& value : vector) value += mean;
    if (i % 10 == 9) std::fill(vector.begin(), vector.begin() + 20, 0.0f);
    builder.Append(Row{3 * i + 1}, Sequence{7 + i}, vector.data());
  }
  const std::shared_ptr<const Segment> flat = std::move(builder).Finish();
  const RowBitmap dead(kFileRows);
  return testing::Merge(spec, {{flat.get(), &dead}});
}

// What searches see of a segment: shortlists and scores, for some queries.
std::vector<float> Answers(const Segment& segment, const ResolvedSpec& spec) {
  std::vector<float> answers;
  Random random(6);
  ShortlistScratch scratch;
  for (int i = 0; i < 5; ++i) {
    const std::vector<float> vector = random.GaussianVector(kFileDims);
    const PrefixQuery prefix(*segment.index->coder(), vector.data());
    const FullQuery query(spec.metric, vector.data(), kFileDims);
    RowBitmap dead(segment.rows.size());
    for (size_t row = 0; row < segment.rows.size(); row += 4) dead.Set(row);
    ScoredRows found;
    segment.index->Search({{&prefix, {.size = 20, .ef = 30, .nprobe = 5}, &found}}, dead, &scratch);
    std::vector<uint32_t> rows;
    for (const ScoredRow& scored : found) {
      rows.push_back(scored.row);
      answers.push_back(static_cast<float>(scored.row));
      answers.push_back(scored.score);
    }
    std::vector<float> scores(rows.size()), errors(rows.size());
    segment.tier->ScoreWithError(query, rows, ErrorBound::kCertain, scores.data(), errors.data());
    answers.insert(answers.end(), scores.begin(), scores.end());
    answers.insert(answers.end(), errors.begin(), errors.end());
    segment.tier->Score(query, rows, 64, scores.data());
    answers.insert(answers.end(), scores.begin(), scores.end());
  }
  return answers;
}

class SegmentFileTest : public ::testing::Test {
 protected:
  std::string Bytes(const std::string& name) const {
    std::ifstream file(files_->PathOf(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  absl::StatusOr<std::shared_ptr<const Segment>> Read(const std::string& name) const {
    const auto file = CheckedFileReader::Open(*files_, name);
    return ReadSegment(spec_, *files_, name, file.ok() ? file->crc() : 0);
  }

  // The sections of file "good".
  std::map<uint32_t, std::string> Sections() const {
    const CheckedFileReader file = ValueOf(CheckedFileReader::Open(*files_, "good"));
    std::map<uint32_t, std::string> sections;
    for (uint32_t id = 0; id < 64; ++id) {
      if (!file.Has(id)) continue;
      sections[id].resize(file.BytesOf(id));
      EXPECT_TRUE(file.Read(id, sections[id].data(), sections[id].size()).ok());
    }
    return sections;
  }
  // What reading says of these sections in a file whose checksums are right.
  absl::StatusOr<std::shared_ptr<const Segment>> ReadForged(
      const std::map<uint32_t, std::string>& sections) const {
    std::vector<FileSection> list;
    for (const auto& [id, bytes] : sections) list.push_back({id, bytes});
    EXPECT_TRUE(files_->Write("forged", list).ok());
    auto read = Read("forged");
    EXPECT_TRUE(files_->Remove("forged").ok());
    return read;
  }
  // One 32-bit value of one section changed.
  // Where the terms of a row are in the section of codes, in words.
  size_t FactorOf(size_t row) const {
    const PrefixCodeFormat& format = segment_->index->coder()->format();
    const size_t bytes = kernels::PackedBytes(format.dims, static_cast<int>(format.bits));
    return ((row + 1) * bytes - sizeof(kernels::PackedRowTerms)) / 4;
  }
  absl::Status Forged(SegmentSection id, size_t index, uint32_t value) const {
    std::map<uint32_t, std::string> sections = Sections();
    std::string& bytes = sections.at(static_cast<uint32_t>(id));
    EXPECT_LE(4 * index + 4, bytes.size());
    std::memcpy(bytes.data() + 4 * index, &value, sizeof(value));
    return ReadForged(sections).status();
  }
  uint32_t ValueAt(SegmentSection id, size_t index) const {
    uint32_t value = 0;
    std::memcpy(&value, Sections().at(static_cast<uint32_t>(id)).data() + 4 * index, 4);
    return value;
  }
  void WriteGood(const Kind& kind) {
    spec_ = SpecOf(kind);
    segment_ = BuildSegment(spec_, kind.mean);
    ASSERT_TRUE(
        WriteSegment(*segment_, TierRows(*segment_->tier), spec_, nullptr, *files_, "good").ok());
  }

  const TempDir directory_;
  const std::unique_ptr<CheckedFiles> files_ =
      ValueOf(CheckedFiles::Open(directory_.Join("segments")));
  ResolvedSpec spec_;
  std::shared_ptr<const Segment> segment_;
};

class SegmentFileKindTest : public SegmentFileTest, public ::testing::WithParamInterface<Kind> {
 protected:
  void SetUp() override { WriteGood(GetParam()); }
};

TEST_P(SegmentFileKindTest, ASegmentComesBackAndAnswersTheSame) {
  const auto read = Read("good");
  ASSERT_TRUE(read.ok()) << read.status();
  const Segment& segment = **read;
  EXPECT_EQ(segment.rows, segment_->rows);
  EXPECT_EQ(segment.zero_prefix_rows, segment_->zero_prefix_rows);
  EXPECT_EQ(segment.first_sequence, segment_->first_sequence);
  EXPECT_TRUE(segment.indexed);
  EXPECT_EQ(segment.tier->size(), kFileRows);
  EXPECT_EQ(Answers(segment, spec_), Answers(*segment_, spec_));
  ASSERT_TRUE(
      WriteSegment(segment, TierRows(*segment.tier), spec_, nullptr, *files_, "again").ok());
  EXPECT_EQ(Bytes("again"), Bytes("good"));
}

TEST_P(SegmentFileKindTest, MergesAsTheOneThatWasWritten) {
  const auto read = ValueOf(Read("good"));
  RowBitmap dead(kFileRows);
  for (size_t row = 0; row < kFileRows; row += 3) dead.Set(row);
  const auto a = testing::Merge(spec_, {{segment_.get(), &dead}});
  const auto b = testing::Merge(spec_, {{read.get(), &dead}});
  EXPECT_EQ(Answers(*a, spec_), Answers(*b, spec_));
}

TEST_P(SegmentFileKindTest, FlippedBitsAreFound) {
  const std::string good = Bytes("good");
  Random random(9);
  for (int i = 0; i < 300; ++i) {
    std::string damaged = good;
    const size_t bit = random.Below(8 * good.size());
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    std::ofstream(files_->PathOf("bad"), std::ios::binary | std::ios::trunc) << damaged;
    EXPECT_TRUE(absl::IsDataLoss(Read("bad").status())) << "bit " << bit;
  }
}

// Any values under right checksums: refused, or harmless.
TEST_P(SegmentFileKindTest, ForgedFilesAreRefusedOrHarmless) {
  const std::map<uint32_t, std::string> good = Sections();
  Random random(10);
  size_t refused = 0;
  for (int i = 0; i < 400; ++i) {
    std::map<uint32_t, std::string> sections = good;
    auto section = sections.begin();
    std::advance(section, random.Below(sections.size()));
    std::string& bytes = section->second;
    if (random.OneIn(10)) {
      sections.erase(section);
    } else if (random.OneIn(5)) {
      bytes.resize(random.Below(2 * bytes.size() + 8));
    } else {
      for (size_t n = 1 + random.Below(3); n > 0 && bytes.size() >= 4; --n) {
        const uint32_t choices[] = {0,
                                    1,
                                    2,
                                    9,
                                    kFileRows - 1,
                                    kFileRows,
                                    0x7fc00000,
                                    0xffffffff,
                                    static_cast<uint32_t>(random.Below(kFileRows))};
        const uint32_t value = choices[random.Below(std::size(choices))];
        std::memcpy(bytes.data() + random.Below(bytes.size() / 4) * 4, &value, 4);
      }
    }
    const auto read = ReadForged(sections);
    if (read.ok()) {
      (void)Answers(**read, spec_);
    } else {
      EXPECT_TRUE(absl::IsDataLoss(read.status())) << read.status();
      ++refused;
    }
  }
  EXPECT_GT(refused, 50u);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, SegmentFileKindTest,
    ::testing::Values(Kind{}, Kind{.index = IndexKind::kIvf, .metric = Metric::kL2},
                      Kind{.metric = Metric::kL2, .bits = 4, .mean = 2},
                      Kind{.index = IndexKind::kIvf, .bits = 2, .mean = 2},
                      Kind{.index = IndexKind::kFlat, .metric = Metric::kDot, .bits = 1},
                      Kind{.index = IndexKind::kFlat, .tier = TierKind::kFloat32, .bits = 32},
                      Kind{.tier = TierKind::kFloat32, .metric = Metric::kL2, .bits = 32},
                      Kind{.index = IndexKind::kIvf, .metric = Metric::kDot, .bits = 32},
                      Kind{.mean = 0.5f, .transform = Transform::kPca},
                      Kind{.index = IndexKind::kIvf,
                           .metric = Metric::kL2,
                           .bits = 32,
                           .transform = Transform::kPca}));

TEST_F(SegmentFileTest, TheBasisIsThatOfTheSegment) {
  WriteGood({.transform = Transform::kPca});
  const auto written = segment_->index->coder()->basis();
  ASSERT_NE(written, nullptr);
  const auto read = ValueOf(Read("good"))->index->coder()->basis();
  ASSERT_NE(read, nullptr);
  EXPECT_EQ(read->version(), written->version());
  EXPECT_EQ(read->codes(), written->codes());
  EXPECT_EQ(read->scales(), written->scales());
}

TEST_F(SegmentFileTest, ABasisIsOfUnitVectors) {
  WriteGood({.transform = Transform::kPca});
  EXPECT_THAT(Forged(SegmentSection::kBasisScales, 2, 0x3f000000).ToString(),  // 1/2
              HasSubstr("axis 1 of a basis has norm "));
  EXPECT_THAT(Forged(SegmentSection::kBasisScales, 2, 0x7fc00000).ToString(), HasSubstr("nan"));
  std::map<uint32_t, std::string> sections = Sections();
  sections.erase(static_cast<uint32_t>(SegmentSection::kBasisCodes));
  EXPECT_TRUE(absl::IsDataLoss(ReadForged(sections).status()));
  spec_.transform = Transform::kNone;
  EXPECT_THAT(Read("good").status().ToString(), HasSubstr("not of collection 'docs'"));
}

TEST_F(SegmentFileTest, AFileOfAnotherCollectionOrShapeIsRefused) {
  WriteGood({});
  const ResolvedSpec own = spec_;
  const auto refused = [&](void (*change)(ResolvedSpec*)) {
    spec_ = own;
    change(&spec_);
    const absl::Status status = Read("good").status();
    return absl::IsDataLoss(status) &&
           std::string(status.message()).find("not of collection 'docs'") != std::string::npos;
  };
  EXPECT_TRUE(refused([](ResolvedSpec* spec) { spec->uuid.back() = '2'; }));
  EXPECT_TRUE(refused([](ResolvedSpec* spec) { spec->dims = 71; }));
  EXPECT_TRUE(refused([](ResolvedSpec* spec) { spec->metric = Metric::kDot; }));
  EXPECT_TRUE(refused([](ResolvedSpec* spec) { spec->requested.prefix_dims = 19; }));
  EXPECT_TRUE(refused([](ResolvedSpec* spec) { spec->requested.prefix_bits = 32; }));
  EXPECT_TRUE(refused([](ResolvedSpec* spec) { spec->index_kind = IndexKind::kFlat; }));
  EXPECT_TRUE(refused([](ResolvedSpec* spec) { spec->rerank_tier = TierKind::kFloat32; }));
  spec_ = own;
  EXPECT_TRUE(Read("good").ok());
  EXPECT_TRUE(absl::IsNotFound(Read("none").status()));
  const uint32_t crc = ValueOf(CheckedFileReader::Open(*files_, "good")).crc();
  EXPECT_TRUE(absl::IsDataLoss(ReadSegment(spec_, *files_, "good", crc + 1).status()));
}

TEST_F(SegmentFileTest, RowsMustAscend) {
  WriteGood({});
  EXPECT_THAT(Forged(SegmentSection::kRows, 0, 0).ToString(), HasSubstr("rows do not ascend"));
  EXPECT_THAT(Forged(SegmentSection::kRows, 2 * 10, 1).ToString(), HasSubstr("rows do not ascend"));
  EXPECT_THAT(Forged(SegmentSection::kZeroPrefixRows, 1, 9).ToString(),
              HasSubstr("zero prefix do not ascend"));
  EXPECT_THAT(Forged(SegmentSection::kZeroPrefixRows, 49, kFileRows).ToString(),
              HasSubstr("zero prefix do not ascend"));
}

TEST_F(SegmentFileTest, LinksMustLeadToOtherNodesOfTheirLevel) {
  WriteGood({});
  const uint32_t entry = ValueAt(SegmentSection::kHnswShape, 0);
  const uint32_t top = ValueAt(SegmentSection::kHnswShape, 1);
  ASSERT_GE(top, 2u);
  EXPECT_THAT(Forged(SegmentSection::kHnswShape, 0, kFileRows).ToString(),
              HasSubstr("entry point 500"));
  EXPECT_THAT(Forged(SegmentSection::kHnswShape, 0, entry == 0 ? 1 : 0).ToString(),
              HasSubstr("is not on level"));
  EXPECT_THAT(Forged(SegmentSection::kHnswShape, 1, top + 1).ToString(),
              HasSubstr("is not on level"));
  EXPECT_THAT(Forged(SegmentSection::kHnswShape, 2, 0).ToString(), HasSubstr("lists of 0 and 5"));
  EXPECT_THAT(Forged(SegmentSection::kHnswShape, 3, kBaseStride + 1).ToString(),
              HasSubstr("lists of 9 and 10"));
  const size_t node = 3 * kBaseStride;
  EXPECT_THAT(Forged(SegmentSection::kHnswBase, node, kBaseStride).ToString(),
              HasSubstr("node 3 has 9 links in a list of 8"));
  EXPECT_THAT(Forged(SegmentSection::kHnswBase, node + 1, 3).ToString(),
              HasSubstr("node 3 is linked to 3 on level 0"));
  EXPECT_THAT(Forged(SegmentSection::kHnswBase, node + 1, kFileRows).ToString(),
              HasSubstr("node 3 is linked to 500 on level 0"));
  // The first list above is at `stride`; a node that is on level 0 only may not be in it.
  uint32_t ground = 0;
  while (ValueAt(SegmentSection::kHnswUpperOffsets, ground) != 0) ++ground;
  const uint32_t stride = ValueAt(SegmentSection::kHnswShape, 3);
  ASSERT_GT(ValueAt(SegmentSection::kHnswUpper, stride), 0u);
  EXPECT_THAT(Forged(SegmentSection::kHnswUpper, stride + 1, ground).ToString(),
              HasSubstr(absl::StrCat("is linked to ", ground, " on level 1")));
  EXPECT_THAT(Forged(SegmentSection::kHnswUpperOffsets, ground, 0xffffffff).ToString(),
              HasSubstr("are no lists"));
  EXPECT_TRUE(absl::IsDataLoss(Forged(SegmentSection::kHnswUpperOffsets, ground, stride + 1)));
  EXPECT_TRUE(absl::IsDataLoss(Forged(SegmentSection::kHnswUpperOffsets, ground, stride)));
}

TEST_F(SegmentFileTest, ListsMustHoldEveryRowOnce) {
  WriteGood({.index = IndexKind::kIvf});
  const uint32_t first = ValueAt(SegmentSection::kIvfRows, 0);
  EXPECT_THAT(Forged(SegmentSection::kIvfRows, 1, first).ToString(),
              HasSubstr("in no list or in two"));
  EXPECT_THAT(Forged(SegmentSection::kIvfRows, 1, kFileRows).ToString(),
              HasSubstr("in no list or in two"));
  EXPECT_THAT(Forged(SegmentSection::kIvfListBegins, 0, 1).ToString(), HasSubstr("do not cover"));
  EXPECT_THAT(Forged(SegmentSection::kIvfListBegins, 1, kFileRows + 1).ToString(),
              HasSubstr("do not cover"));
}

TEST_F(SegmentFileTest, TheLargestVectorsComeBack) {
  for (const uint32_t bits : {1, 2, 4, 8, 32}) {
    for (const TierKind tier : {TierKind::kInt8, TierKind::kFloat32}) {
      spec_ =
          SpecOf({.index = IndexKind::kFlat, .tier = tier, .metric = Metric::kL2, .bits = bits});
      SegmentBuilder builder(spec_, testing::FirstCoder(spec_), 2);
      std::vector<float> vector(kFileDims, static_cast<float>(kMaxNorm / 8.4));  // all alike
      builder.Append(Row{1}, Sequence{1}, vector.data());
      std::fill(vector.begin(), vector.end(), 0.0f);
      vector[3] = static_cast<float>(-kMaxNorm);
      builder.Append(Row{2}, Sequence{2}, vector.data());
      const std::shared_ptr<const Segment> flat = std::move(builder).Finish();
      const RowBitmap dead(2);
      segment_ = testing::Merge(spec_, {{flat.get(), &dead}});
      ASSERT_TRUE(
          WriteSegment(*segment_, TierRows(*segment_->tier), spec_, nullptr, *files_, "largest")
              .ok());
      EXPECT_TRUE(Read("largest").ok()) << Read("largest").status();
      ASSERT_TRUE(files_->Remove("largest").ok());
    }
  }
}

// Where a row of the int8 tier begins, in words: its norm, its residual, its coherence and its
// first scale.
constexpr size_t kTierHead[] = {0, 1, 2, 3};

// Larger ones than any vector has would make scores that are no numbers.
TEST_F(SegmentFileTest, NumbersMustBeAsSmallAsThoseOfVectors) {
  constexpr uint32_t kLarge = 0x60ad78ec;  // 1e20
  WriteGood({.index = IndexKind::kIvf, .tier = TierKind::kFloat32, .bits = 32});
  for (const SegmentSection section : {SegmentSection::kCodesFloat32, SegmentSection::kIvfCentroids,
                                       SegmentSection::kTierFloat32}) {
    EXPECT_THAT(Forged(section, 5, kLarge).ToString(), HasSubstr("has norm 1e+20"));
  }
  EXPECT_THAT(Forged(SegmentSection::kTierNorms, 5, kLarge).ToString(), HasSubstr("is 1e+20"));
  ASSERT_TRUE(files_->Remove("good").ok());
  WriteGood({.metric = Metric::kL2, .mean = 2});
  for (const size_t at : kTierHead) {
    EXPECT_THAT(Forged(SegmentSection::kTierInt8, at, kLarge).ToString(), HasSubstr("is 1e+20"));
  }
  constexpr uint32_t kMillions = 0x4b189680;  // 1e7
  EXPECT_THAT(Forged(SegmentSection::kTierInt8, kTierHead[2], kMillions).ToString(),
              HasSubstr("is 1e+07"));
  constexpr uint32_t kScale = 0x5d5e0b6b;  // 1e18: too much for a code of 127
  EXPECT_THAT(Forged(SegmentSection::kCodesPacked, FactorOf(2), kLarge).ToString(),
              HasSubstr("a code has factor 1e+20"));
  EXPECT_THAT(Forged(SegmentSection::kCodesPacked, FactorOf(2) + 1, 0x7e967699).ToString(),  // 1e38
              HasSubstr("and offset 1e+38"));
  EXPECT_THAT(Forged(SegmentSection::kCodeCentre, 5, kLarge).ToString(), HasSubstr("has norm"));
  EXPECT_THAT(Forged(SegmentSection::kTierInt8, kTierHead[3], kScale).ToString(),
              HasSubstr("has norm"));
}

TEST_F(SegmentFileTest, NumbersMustBeFinite) {
  WriteGood({.metric = Metric::kL2});
  constexpr uint32_t kNan = 0x7fc00000, kInfinity = 0x7f800000, kMinusOne = 0xbf800000;
  for (const size_t at : kTierHead) {
    for (const uint32_t value : {kNan, kInfinity, kMinusOne}) {
      EXPECT_THAT(Forged(SegmentSection::kTierInt8, at, value).ToString(),
                  HasSubstr("a value of section"));
    }
  }
  for (const uint32_t value : {kNan, kInfinity, kMinusOne}) {
    EXPECT_THAT(Forged(SegmentSection::kCodesPacked, FactorOf(2), value).ToString(),
                HasSubstr("has factor"));
    if (value == kMinusOne) continue;  // as an offset it is none to object to
    EXPECT_THAT(Forged(SegmentSection::kCodesPacked, FactorOf(2) + 1, value).ToString(),
                HasSubstr("and offset"));
  }
  ASSERT_TRUE(files_->Remove("good").ok());
  WriteGood({.metric = Metric::kL2, .bits = 32});
  for (const uint32_t value : {kNan, kInfinity, kMinusOne}) {
    EXPECT_THAT(Forged(SegmentSection::kCodeNorms, 5, value).ToString(),
                HasSubstr("a value of section"));
  }
}

}  // namespace
}  // namespace nestor
