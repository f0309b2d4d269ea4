#include "plan/arena.h"

#include <gtest/gtest.h>

#include <random>

#include "base/error.h"

namespace relcam {
namespace {

TEST(PlaceInArena, BuffersThatLiveAtOnceNeverOverlap) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  std::uniform_int_distribution<std::size_t> size(1, 500);
  std::uniform_int_distribution<std::size_t> time(0, 60);
  std::vector<Lifetime> lifetimes;
  for (int i = 0; i < 200; ++i) {
    const std::size_t first = time(random);
    lifetimes.push_back({.size = size(random), .first = first, .last = first + time(random) / 6});
  }

  const Placement placement = place_in_arena(lifetimes);

  for (std::size_t a = 0; a < lifetimes.size(); ++a) {
    EXPECT_LE(placement.offsets[a] + lifetimes[a].size, placement.size);
    EXPECT_EQ(placement.offsets[a] % 16, 0U);
    for (std::size_t b = 0; b < a; ++b) {
      const bool together =
          lifetimes[a].first <= lifetimes[b].last && lifetimes[b].first <= lifetimes[a].last;
      if (!together) continue;
      const bool apart = placement.offsets[a] + lifetimes[a].size <= placement.offsets[b] ||
                         placement.offsets[b] + lifetimes[b].size <= placement.offsets[a];
      EXPECT_TRUE(apart) << a << " and " << b;
    }
  }
}

TEST(PlaceInArena, AChainNeedsRoomForTwo) {
  std::vector<Lifetime> chain;
  for (std::size_t i = 0; i < 50; ++i) chain.push_back({.size = 1000, .first = i, .last = i + 1});
  EXPECT_LE(place_in_arena(chain).size, 2100U);
}

TEST(PlaceInArena, RefusesWhatNoMemoryHolds) {
  const std::vector<Lifetime> together(5, {.size = std::size_t{1} << 29U, .first = 0, .last = 1});
  EXPECT_THROW(place_in_arena(together), Error);
}

TEST(PlaceInArena, NothingNeedsNothing) { EXPECT_EQ(place_in_arena({}).size, 0U); }

}  // namespace
}  // namespace relcam
