#include "kernels/index_map.h"

#include <gtest/gtest.h>

#include <random>

#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

using Axes = std::vector<IndexMap::Axis>;
constexpr std::int64_t kNowhere = IndexMap::kNowhere;

/// A random map with the other tensor's size, and the same map as a plain list of offsets.
struct RandomMap {
  Axes axes;
  std::vector<std::int64_t> offsets;  ///< kNowhere where there is none
  std::size_t other_size = 1;
};

RandomMap random_map(std::mt19937& generator) {
  RandomMap result;
  result.offsets = {0};
  const auto below = [&](std::uint32_t n) { return static_cast<std::int64_t>(generator() % n); };
  const auto rank = 1 + below(4);
  std::int64_t reach = 0;
  for (std::int64_t i = 0; i < rank; ++i) {
    IndexMap::Axis axis{.count = 1 + below(5), .stride = below(7)};
    if (below(2) == 0) {
      for (std::int64_t j = 0; j < axis.count; ++j) {
        axis.offsets.push_back(below(4) == 0 ? kNowhere : below(20));
      }
    }
    std::vector<std::int64_t> extended;
    for (const std::int64_t base : result.offsets) {
      for (std::int64_t j = 0; j < axis.count; ++j) {
        const std::int64_t step =
            axis.offsets.empty() ? j * axis.stride : axis.offsets[static_cast<std::size_t>(j)];
        const bool nowhere = base == kNowhere || step == kNowhere;
        extended.push_back(nowhere ? kNowhere : base + step);
      }
    }
    result.offsets = std::move(extended);
    result.axes.push_back(std::move(axis));
  }
  for (const std::int64_t offset : result.offsets) reach = std::max(reach, offset);
  result.other_size = static_cast<std::size_t>(reach) + 1;
  return result;
}

TEST(IndexMap, AgreesWithItsListOfOffsets) {
  std::mt19937 generator(42);
  const ThreadPool pool(2);
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE(round);
    const RandomMap random = random_map(generator);
    const IndexMap map(random.axes);
    ASSERT_EQ(map.size(), random.offsets.size());
    const auto other = random_floats(random.other_size, 1);
    std::vector<float> small(map.size());
    map.gather(other, small, -7.0F, pool);
    std::vector<float> sums(random.other_size, 1.0F);
    map.scatter_add(small, sums, pool);

    std::vector<float> expected_sums(random.other_size, 1.0F);
    for (std::size_t i = 0; i < small.size(); ++i) {
      const std::int64_t offset = random.offsets[i];
      if (offset == kNowhere) {
        EXPECT_EQ(small[i], -7.0F);
      } else {
        EXPECT_EQ(small[i], other[static_cast<std::size_t>(offset)]);
        expected_sums[static_cast<std::size_t>(offset)] += small[i];
      }
    }
    for (std::size_t i = 0; i < sums.size(); ++i) EXPECT_NEAR(sums[i], expected_sums[i], 1e-4F);
  }
}

TEST(IndexMap, MovesElementsOfAnySizeFromAnyAddress) {
  const std::vector<std::byte> storage(17, std::byte{5});
  const std::span<const std::byte> unaligned = std::span(storage).subspan(1);
  const IndexMap reversed(Axes{{.count = 2, .stride = -1}}, 1);
  for (const std::size_t size : {1U, 2U, 4U, 8U}) {
    std::vector<std::byte> small(2 * size);
    reversed.gather_bytes(unaligned.first(2 * size), small, {}, size);
    EXPECT_EQ(small, std::vector<std::byte>(2 * size, std::byte{5}));
  }
}

TEST(IndexMap, KnowsWhetherElementsShareACounterpart) {
  EXPECT_TRUE(IndexMap(Axes{{.count = 3, .stride = 1}}).one_to_one());
  EXPECT_FALSE(IndexMap(Axes{{.count = 3, .stride = 0}}).one_to_one());
  EXPECT_FALSE(IndexMap(Axes{{.count = 2, .offsets = {4, 4}}}).one_to_one());
  EXPECT_TRUE(IndexMap(Axes{{.count = 2, .offsets = {kNowhere, kNowhere}}}).one_to_one());
}

}  // namespace
}  // namespace relcam::testing
