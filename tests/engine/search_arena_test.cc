#include "engine/search_arena.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace nestor {
namespace {

TEST(SearchArenaTest, PiecesAreApartAndAligned) {
  SearchArena arena;
  for (int round = 0; round < 3; ++round) {
    const SearchArena::Scope scope(arena);
    std::vector<char*> pieces;
    for (size_t i = 0; i < 200; ++i) {
      const size_t alignment = size_t{1} << (i % 7);
      char* const piece = static_cast<char*>(arena.allocate(i, alignment));
      ASSERT_NE(piece, nullptr);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(piece) % alignment, 0u);
      std::memset(piece, static_cast<int>(i), i);
      pieces.push_back(piece);
    }
    for (size_t i = 0; i < 200; ++i) {
      for (size_t byte = 0; byte < i; ++byte) {
        ASSERT_EQ(static_cast<unsigned char>(pieces[i][byte]), static_cast<unsigned char>(i));
      }
    }
  }
}

TEST(SearchArenaTest, WhatAScopeHandsOutLeavesWhatWasThereBefore) {
  SearchArena arena;
  const SearchArena::Scope outer(arena);
  std::pmr::vector<int> before(1000, &arena);
  std::iota(before.begin(), before.end(), 0);
  for (int round = 0; round < 3; ++round) {
    const SearchArena::Scope inner(arena);
    const std::pmr::vector<int> within(100000, -1, &arena);
    EXPECT_EQ(within.back(), -1);
  }
  std::vector<int> expected(1000);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_TRUE(std::equal(before.begin(), before.end(), expected.begin(), expected.end()));
}

TEST(SearchArenaTest, EachThreadHasItsOwn) {
  EXPECT_EQ(&SearchArena::OfThread(), &SearchArena::OfThread());
  SearchArena* other = nullptr;
  std::thread([&] { other = &SearchArena::OfThread(); }).join();
  EXPECT_NE(other, &SearchArena::OfThread());
}

}  // namespace
}  // namespace nestor
