#include "engine/published.h"

#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace nestor {
namespace {

TEST(PublishedTest, LoadsWhatWasStoredLast) {
  Published<int> published(std::make_shared<const int>(1));
  EXPECT_EQ(*published.Load(), 1);
  for (int i = 2; i < 10; ++i) {
    published.Store(std::make_shared<const int>(i));
    EXPECT_EQ(*published.Load(), i);
  }
}

TEST(PublishedTest, LetsGoOfTheOldValueAtOnce) {
  auto value = std::make_shared<const int>(1);
  Published<int> published(value);
  published.Store(std::make_shared<const int>(2));
  EXPECT_EQ(value.use_count(), 1);
}

TEST(PublishedTest, AReaderKeepsItsValue) {
  Published<int> published(std::make_shared<const int>(1));
  const std::shared_ptr<const int> held = published.Load();
  published.Store(std::make_shared<const int>(2));
  published.Store(std::make_shared<const int>(3));
  EXPECT_EQ(*held, 1);
}

// Each value is a pair of equal numbers that grow: a reader sees no torn value and no step back.
TEST(PublishedTest, ReadersSeeWholeValuesInOrderWhileAWriterStores) {
  struct Pair {
    int a, b;
  };
  constexpr int kLast = 3000;
  Published<Pair> published(std::make_shared<const Pair>(Pair{0, 0}));
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      for (int seen = 0; seen < kLast;) {
        const std::shared_ptr<const Pair> pair = published.Load();
        ASSERT_EQ(pair->a, pair->b);
        ASSERT_GE(pair->a, seen);
        seen = pair->a;
      }
    });
  }
  for (int i = 1; i <= kLast; ++i) published.Store(std::make_shared<const Pair>(Pair{i, i}));
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace nestor
