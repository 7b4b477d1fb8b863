#include "engine/point_records.h"

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "engine/segment_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/crc32c.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/damage.h"
#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

using testing::ContentOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Id;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TempDir;
using testing::TestCollection;
using testing::ValueOf;

constexpr size_t kRecordDims = 3;

std::string BytesOfVector(const std::vector<float>& vector) {
  return {reinterpret_cast<const char*>(vector.data()), vector.size() * sizeof(float)};
}

std::string Encode(const StoredPoint& point) {
  std::string bytes(PointRecordBytes(kRecordDims), '\xff');
  EncodePointRecord(point, kRecordDims, bytes.data());
  return bytes;
}

TEST(PointRecordTest, SaysWhatWasWritten) {
  const std::string vector = BytesOfVector({1, -2, 0.5});
  for (const PointId& id : {Id(42), PointId::FromString("a"),
                            PointId::FromString("123e4567-e89b-12d3-a456-426614174000")}) {
    const std::string bytes =
        Encode({.row = Row{7}, .id = id.encoded(), .sequence = Sequence{1}, .vector = vector});
    StoredPoint point;
    ASSERT_TRUE(DecodePointRecord(Row{7}, kRecordDims, bytes, &point));
    EXPECT_EQ(point.row, Row{7});
    EXPECT_EQ(point.id, id.encoded());
    EXPECT_EQ(point.sequence, Sequence{1});
    EXPECT_EQ(point.vector, vector);
  }
}

TEST(PointRecordTest, EveryChangedBitIsNoticed) {
  const std::string vector = BytesOfVector({1, -2, 0.5});
  const std::string good =
      Encode({.row = Row{7}, .id = Id(42).encoded(), .sequence = Sequence{1}, .vector = vector});
  StoredPoint point;
  for (size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(DecodePointRecord(Row{7}, kRecordDims, bad, &point)) << bit;
  }
  EXPECT_FALSE(DecodePointRecord(Row{8}, kRecordDims, good, &point));
  EXPECT_FALSE(DecodePointRecord(Row{7}, kRecordDims, good.substr(1), &point));
  EXPECT_FALSE(DecodePointRecord(Row{0}, kRecordDims, std::string(good.size(), '\0'), &point));
}

TEST(PointRecordTest, AHeadSaysWhoseItIsWithoutTheVector) {
  const std::string vector = BytesOfVector({1, -2, 0.5});
  const PointId id = PointId::FromString("123e4567-e89b-12d3-a456-426614174000");
  const std::string head =
      Encode({.row = Row{7}, .id = id.encoded(), .sequence = Sequence{3}, .vector = vector})
          .substr(0, kPointRecordHeadBytes);
  StoredPoint point;
  ASSERT_TRUE(DecodePointRecordHead(Row{7}, head, &point));
  EXPECT_EQ(point.row, Row{7});
  EXPECT_EQ(point.id, id.encoded());
  EXPECT_EQ(point.sequence, Sequence{3});
  EXPECT_FALSE(DecodePointRecordHead(Row{8}, head, &point));
  EXPECT_FALSE(DecodePointRecordHead(Row{7}, head.substr(1), &point));
  EXPECT_FALSE(DecodePointRecordHead(Row{0}, std::string(head.size(), '\0'), &point));
  for (size_t bit = 8 * 5; bit < 8 * head.size(); ++bit) {  // before that is what is of all of it
    std::string bad = head;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(DecodePointRecordHead(Row{7}, bad, &point)) << bit;
  }
}

// A record that was written before heads could be checked: they say 0, and the crc of all is right.
TEST(PointRecordTest, AHeadThatCannotBeCheckedIsNotBelieved) {
  const std::string vector = BytesOfVector({1, -2, 0.5});
  std::string bytes =
      Encode({.row = Row{7}, .id = Id(42).encoded(), .sequence = Sequence{3}, .vector = vector});
  bytes[6] = bytes[7] = 0;
  const uint32_t crc = Crc32c(absl::string_view(bytes).substr(4));
  std::memcpy(bytes.data(), &crc, sizeof(crc));
  StoredPoint point;
  EXPECT_TRUE(DecodePointRecord(Row{7}, kRecordDims, bytes, &point));
  EXPECT_FALSE(DecodePointRecordHead(Row{7}, bytes.substr(0, kPointRecordHeadBytes), &point));
}

TEST(PointRecordTest, ALongIdHasNone) {
  const std::string vector = BytesOfVector({1, -2, 0.5});
  const PointId id = PointId::FromString(std::string(40, 'x'));
  const std::string bytes = Encode({.row = Row{7}, .id = id.encoded(), .vector = vector});
  StoredPoint point;
  EXPECT_FALSE(DecodePointRecord(Row{7}, kRecordDims, bytes, &point));
}

// A collection whose segments have files, and what is in them.
class SegmentRecordsTest : public ::testing::Test {
 protected:
  SegmentRecordsTest() {
    collection_.files = files_.get();
    collection_.Reopen();
  }

  static CollectionSpec RecordedSpec() {
    CollectionSpec spec;
    spec.dims = kRecordDims;
    spec.metric = Metric::kDot;
    return spec;
  }
  static std::vector<float> VectorOf(uint64_t id) { return {static_cast<float>(id), 1, 2}; }
  void Put(uint64_t first, uint64_t last) {
    for (uint64_t id = first; id <= last; ++id) collection_.Upsert({{Id(id), VectorOf(id)}});
  }
  Hit Best(bool estimated_scores = false) {
    const std::vector<float> query = {1, 0, 0};
    SearchRequest request;
    request.vector = query;
    request.limit = 1;
    request.plan = ExactRequest{};
    request.estimated_scores = estimated_scores;
    SearchResult result = collection_.Search(request);
    return result.hits.empty() ? Hit{} : std::move(result.hits[0]);
  }
  std::string OnlyFile() {
    const std::vector<std::string> names = ValueOf(files_->List());
    EXPECT_THAT(names, SizeIs(1));
    return names[0];
  }
  // The segment in the only file.
  std::shared_ptr<const Segment> ReadOnly() {
    ResolvedSpec spec = testing::Resolve(RecordedSpec());
    spec.name = "docs";
    spec.uuid = "the only one";
    const std::string name = OnlyFile();
    const uint32_t crc = ValueOf(CheckedFileReader::Open(*files_, name)).crc();
    return ValueOf(ReadSegment(spec, *files_, name, crc));
  }
  // Changes the record of the best point in the file in place: mappings of it see that.
  void Rewrite(const std::string& from, const std::string& to) {
    const std::string path = files_->PathOf(OnlyFile());
    const size_t at = ContentOf(*files_, OnlyFile()).find(from);
    ASSERT_NE(at, std::string::npos);
    std::FILE* const file = std::fopen(path.c_str(), "r+b");
    ASSERT_NE(file, nullptr);
    std::fseek(file, static_cast<long>(at), SEEK_SET);
    std::fwrite(to.data(), 1, to.size(), file);
    std::fclose(file);
  }

  const TempDir directory_;
  const std::unique_ptr<CheckedFiles> files_ =
      ValueOf(CheckedFiles::Open(directory_.Join("segments")));
  TestCollection collection_{RecordedSpec()};
};

TEST_F(SegmentRecordsTest, SearchesReadTheRecordAndWithoutASoundOneTheStore) {
  Put(1, 100);
  collection_.Index();
  const Hit hit = Best();
  EXPECT_EQ(hit.id, Id(100));
  const std::string vector = BytesOfVector(VectorOf(100));
  const std::string record =
      Encode({.row = Row{100}, .id = Id(100).encoded(), .sequence = hit.version, .vector = vector});
  const std::string other = Encode(
      {.row = Row{100}, .id = Id(100).encoded(), .sequence = Sequence{77777}, .vector = vector});
  collection_.Reopen();
  Rewrite(record, other);
  EXPECT_EQ(Best().version, Sequence{77777});
  EXPECT_EQ(Best(true).version, Sequence{77777});

  Rewrite(other, std::string(other.size(), '\x55'));
  EXPECT_EQ(Best().version, hit.version);
  EXPECT_EQ(Best().id, Id(100));
  EXPECT_EQ(Best(true).version, hit.version);
  EXPECT_EQ(Best(true).id, Id(100));
  EXPECT_THAT(collection_.log, IsEmpty());
  collection_.Reopen();
  EXPECT_THAT(collection_.log, ElementsAre(HasSubstr("checksum mismatch of section 50")));
}

TEST_F(SegmentRecordsTest, AMergeTakesThemFromFilesAndStore) {
  Put(1, 100);
  collection_.Index();
  Put(50, 60);
  collection_.Delete({Id(3)});
  Put(101, 300);
  collection_.Index();

  const std::shared_ptr<const Segment> segment = ReadOnly();
  ASSERT_NE(segment->records, nullptr);
  ASSERT_THAT(segment->rows, SizeIs(299));
  std::pmr::vector<char> scratch;
  for (uint32_t local = 0; local < segment->rows.size(); ++local) {
    StoredPoint point;
    ASSERT_TRUE(segment->records->Read(local, segment->rows[local], &scratch, &point));
    PointId id;
    ASSERT_TRUE(PointId::FromEncoded(point.id, &id));
    EXPECT_EQ(point.vector, BytesOfVector(VectorOf(id.number())));
  }
}

TEST_F(SegmentRecordsTest, LongIdsAreFoundAllTheSame) {
  const PointId id = PointId::FromString(std::string(200, 'x'));
  collection_.Upsert({{id, {9, 9, 9}}});
  Put(1, 5);
  collection_.Index();
  EXPECT_EQ(Best().id, id);
  EXPECT_EQ(Best(true).id, id);
}

TEST_F(SegmentRecordsTest, AreNotNeeded) {
  Put(1, 100);
  collection_.Index();
  const std::shared_ptr<const Segment> segment = ReadOnly();
  ResolvedSpec spec = testing::Resolve(RecordedSpec());
  spec.uuid = "the only one";
  const uint32_t crc =
      ValueOf(WriteSegment(*segment, TierRows(*segment->tier), spec, nullptr, *files_, "without"));
  EXPECT_EQ(ValueOf(ReadSegment(spec, *files_, "without", crc))->records, nullptr);
}

}  // namespace
}  // namespace nestor
