#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/oracle.h"
#include "tests/testing/sample.h"

// The committed sample: real texts, a real Matryoshka encoder, 5,000 rows of 512 dims, 1,000
// held-out queries.

namespace nestor {
namespace {

using testing::Id;
using testing::Matrix;
using testing::TestCollection;

constexpr uint32_t kTop = 10;

struct Sample {
  Matrix vectors = testing::ReadSample(NESTOR_SAMPLE_DIR "/vectors.npy");
  Matrix queries = testing::ReadSample(NESTOR_SAMPLE_DIR "/queries.npy");
  // truth[q] = the best rows of query q and their scores, equal scores by row.
  std::vector<std::vector<testing::OracleHit<uint64_t>>> truth;
};

// Norms once, not for each pair: five million pairs are enough.
std::vector<std::vector<testing::OracleHit<uint64_t>>> FindTruth(const Sample& sample) {
  std::vector<std::vector<testing::OracleHit<uint64_t>>> truth;
  const size_t dims = sample.vectors.dims;
  std::vector<double> norms;
  for (size_t row = 0; row < sample.vectors.rows; ++row) {
    norms.push_back(testing::OracleNorm({sample.vectors.Row(row), dims}));
  }
  for (size_t q = 0; q < sample.queries.rows; ++q) {
    const absl::Span<const float> query(sample.queries.Row(q), dims);
    const double norm = testing::OracleNorm(query);
    std::vector<testing::OracleHit<uint64_t>> hits;
    for (size_t row = 0; row < sample.vectors.rows; ++row) {
      const double dot = testing::OracleDot(query, {sample.vectors.Row(row), dims});
      hits.push_back({row, dot / (norm * norms[row])});
    }
    std::partial_sort(hits.begin(), hits.begin() + kTop, hits.end(),
                      [](const auto& a, const auto& b) {
                        return a.score != b.score ? a.score > b.score : a.key < b.key;
                      });
    hits.resize(kTop);
    truth.push_back(std::move(hits));
  }
  return truth;
}

const Sample& TheSample() {
  static const Sample* const sample = [] {
    auto loaded = std::make_unique<Sample>();
    loaded->truth = FindTruth(*loaded);
    return loaded.release();
  }();
  return *sample;
}

std::unique_ptr<TestCollection> Load(IndexKind kind) {
  const Sample& sample = TheSample();
  CollectionSpec spec;
  spec.name = "debian-packages";
  spec.dims = static_cast<uint32_t>(sample.vectors.dims);
  spec.index_kind = kind;
  auto collection = std::make_unique<TestCollection>(spec);
  std::vector<testing::NamedVector> points;
  for (size_t row = 0; row < sample.vectors.rows; ++row) {
    points.push_back({Id(row), sample.vectors.Copy(row)});
  }
  collection->Upsert(points);
  collection->Index();
  return collection;
}

SearchRequest Request(size_t query, PlanRequest plan) {
  SearchRequest request;
  request.vector = {TheSample().queries.Row(query), TheSample().queries.dims};
  request.limit = kTop;
  request.plan = std::move(plan);
  return request;
}

TEST(SampleTest, HasTheSizeThatItsReadmeSays) {
  EXPECT_EQ(TheSample().vectors.rows, 5000u);
  EXPECT_EQ(TheSample().queries.rows, 1000u);
  EXPECT_EQ(TheSample().vectors.dims, 512u);
  EXPECT_EQ(TheSample().queries.dims, 512u);
}

TEST(SampleTest, ExactSearchIsBruteForce) {
  const auto collection = Load(IndexKind::kHnsw);
  for (size_t q = 0; q < TheSample().queries.rows; ++q) {
    const SearchResult result = collection->Search(Request(q, ExactRequest{}));
    const auto& truth = TheSample().truth[q];
    ASSERT_EQ(result.hits.size(), truth.size());
    for (size_t i = 0; i < truth.size(); ++i) {
      EXPECT_NEAR(result.hits[i].score, truth[i].score, 1e-5);
      EXPECT_TRUE(result.hits[i].id == Id(truth[i].key) ||
                  testing::IsNearTie(result.hits[i].score, truth[i].score))
          << "query " << q << " place " << i;
    }
  }
}

class SampleRecallTest : public ::testing::TestWithParam<IndexKind> {};

// The promise of a recall target, on data that nobody drew to fit it.
TEST_P(SampleRecallTest, AdaptiveSearchKeepsTheRecallThatWasAskedFor) {
  constexpr float kTarget = 0.95f;
  const auto collection = Load(GetParam());
  size_t found = 0;
  const absl::Time start = absl::Now();
  for (size_t q = 0; q < TheSample().queries.rows; ++q) {
    const SearchResult result = collection->Search(Request(q, AdaptiveRequest{kTarget}));
    EXPECT_FALSE(result.exact);
    std::unordered_set<uint64_t> ids;
    for (const Hit& hit : result.hits) ids.insert(hit.id.number());
    for (const auto& hit : TheSample().truth[q]) found += ids.count(hit.key);
  }
  const double queries = static_cast<double>(TheSample().queries.rows);
  const double recall = static_cast<double>(found) / (queries * kTop);
  RecordProperty("recall", absl::StrCat(recall));
  RecordProperty("us_per_query",
                 absl::StrCat(absl::ToDoubleMicroseconds(absl::Now() - start) / queries));
  EXPECT_GE(recall, kTarget);
}

INSTANTIATE_TEST_SUITE_P(Kinds, SampleRecallTest,
                         ::testing::Values(IndexKind::kHnsw, IndexKind::kIvf, IndexKind::kFlat));

}  // namespace
}  // namespace nestor
