#include "engine/int8_prefixes.h"

#include <cmath>
#include <numeric>
#include <vector>

#include "engine/parallel_for.h"
#include "gtest/gtest.h"
#include "tests/testing/oracle.h"
#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

using testing::Random;

// A code is off by half a step of 1/127 of the largest component at most, in either vector.
double Tolerance(const std::vector<float>& a, const std::vector<float>& b) {
  const auto largest = [](const std::vector<float>& v) {
    double most = 0;
    for (const float value : v) most = std::max(most, std::abs(double{value}));
    return most;
  };
  const auto norm = [](const std::vector<float>& v) {
    return std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0));
  };
  const double root = std::sqrt(static_cast<double>(a.size()));
  const double error_a = largest(a) / 254 * root;
  const double error_b = largest(b) / 254 * root;
  return error_a * (norm(b) + error_b) + error_b * norm(a);
}

TEST(Int8PrefixesTest, ScoresAreThoseOfTheVectorsWithinTheErrorOfCodes) {
  constexpr uint32_t kRows = 40;
  Random random(1);
  for (const size_t dims : {1, 7, 56, 57, 64, 112, 224, 500}) {
    std::vector<std::vector<float>> vectors;
    for (uint32_t row = 0; row < kRows; ++row) {
      vectors.push_back(random.GaussianVector(dims, row == 3 ? 0 : 1 + row));
    }
    std::vector<uint32_t> rows(kRows);
    std::iota(rows.rbegin(), rows.rend(), 0);
    for (const Metric metric : {Metric::kDot, Metric::kL2}) {
      Int8Prefixes nodes(metric, dims, kRows);
      for (uint32_t row = 0; row < kRows; ++row) nodes.Set(row, vectors[row].data());
      Int8Prefixes::Query query;
      std::vector<float> scores(kRows), mirrored(1);
      for (uint32_t row = 0; row < kRows; ++row) {
        nodes.Load(row, &query);
        nodes.Score(rows, &query, scores.data());
        for (uint32_t i = 0; i < kRows; ++i) {
          const std::vector<float>& other = vectors[rows[i]];
          const double dot =
              std::inner_product(other.begin(), other.end(), vectors[row].begin(), 0.0);
          double expected = dot;
          double tolerance = Tolerance(vectors[row], other) + 1e-5 * std::abs(dot);
          if (metric == Metric::kL2) {
            const double distance = testing::OracleScore(Metric::kL2, vectors[row], other);
            expected = -distance * distance;
            tolerance =
                2 * tolerance + Tolerance(vectors[row], vectors[row]) + Tolerance(other, other);
          }
          EXPECT_NEAR(scores[i], expected, tolerance + 1e-3) << dims << " dims";
        }
      }
    }
  }
}

TEST(Int8PrefixesTest, AScoreIsTheSameFromEitherRow) {
  Random random(2);
  Int8Prefixes nodes(Metric::kL2, 100, 20);
  for (uint32_t row = 0; row < 20; ++row) nodes.Set(row, random.GaussianVector(100).data());
  Int8Prefixes::Query query;
  for (uint32_t a = 0; a < 20; ++a) {
    for (uint32_t b = 0; b < 20; ++b) {
      float forth = 0;
      float back = 1;
      nodes.Load(a, &query);
      nodes.Score({&b, 1}, &query, &forth);
      nodes.Load(b, &query);
      nodes.Score({&a, 1}, &query, &back);
      EXPECT_EQ(forth, back);
    }
  }
}

TEST(ParallelForTest, CallsForEachOnceAndWorkersDoNotMeet) {
  for (const size_t threads : {0, 1, 2, 5}) {
    for (const size_t count : {0, 1, 15, 16, 17, 1000}) {
      std::vector<int> calls(count);
      std::vector<size_t> by_worker(std::max<size_t>(1, threads));
      ParallelFor(threads, count, [&](size_t worker, size_t i) {
        ++calls[i];
        ++by_worker.at(worker);
      });
      EXPECT_EQ(calls, std::vector<int>(count, 1));
      EXPECT_EQ(std::accumulate(by_worker.begin(), by_worker.end(), size_t{0}), count);
    }
  }
}

TEST(ParallelForTest, ThrowsWhatACallThrows) {
  for (const size_t threads : {1, 3}) {
    EXPECT_THROW(ParallelFor(threads, 100,
                             [](size_t, size_t i) {
                               if (i == 40) throw std::bad_alloc();
                             }),
                 std::bad_alloc);
  }
}

TEST(Int8PrefixesTest, APrefixIsScoredAsTheRowThatItWouldBe) {
  Random random(4);
  for (const Metric metric : {Metric::kDot, Metric::kL2}) {
    for (const size_t dims : {1, 56, 64, 100}) {
      Int8Prefixes prefixes(metric, dims, 30);
      std::vector<std::vector<float>> vectors;
      for (uint32_t row = 0; row < 30; ++row) {
        vectors.push_back(random.GaussianVector(dims));
        prefixes.Set(row, vectors.back().data());
      }
      std::vector<uint32_t> rows(30);
      std::iota(rows.begin(), rows.end(), 0);
      Int8Prefixes::Query of_row, of_prefix;
      std::vector<float> expected(30), scores(30), all(30);
      for (uint32_t row = 0; row < 30; ++row) {
        prefixes.Load(row, &of_row);
        prefixes.Score(rows, &of_row, expected.data());
        prefixes.Load(vectors[row].data(), &of_prefix);
        prefixes.Score(rows, &of_prefix, scores.data());
        prefixes.ScoreAll(&of_prefix, all.data());
        EXPECT_EQ(scores, expected);
        EXPECT_EQ(all, expected);
      }
    }
  }
}

}  // namespace
}  // namespace nestor
