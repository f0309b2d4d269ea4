#include "kernels/broadcast.h"

#include <gtest/gtest.h>

#include <array>

namespace relcam::testing {
namespace {

/// The element of `operand` that NumPy pairs with element `at` of `result`.
std::size_t twin(const Shape& result, const Shape& operand, std::size_t at) {
  std::size_t offset = 0;
  std::size_t stride = 1;
  for (std::size_t i = 0; i < operand.size(); ++i) {
    const auto extent = static_cast<std::size_t>(result[result.size() - 1 - i]);
    const auto own = static_cast<std::size_t>(operand[operand.size() - 1 - i]);
    offset += own == 1 ? 0 : at % extent * stride;
    stride *= own;
    at /= extent;
  }
  return offset;
}

TEST(BroadcastWalk, VisitsEveryElementOnceWithItsOperands) {
  const Shape result = {2, 3, 4, 5};
  for (const Shape& operand :
       {Shape{2, 3, 4, 5}, Shape{}, Shape{1}, Shape{5}, Shape{3, 1, 1}, Shape{2, 1, 1, 1},
        Shape{2, 3, 1, 5}, Shape{4, 1}, Shape{1, 3, 4, 1}, Shape{2, 1, 4, 5}}) {
    SCOPED_TRACE(to_string(operand));
    const BroadcastWalk walk(result, std::array{operand, result});
    for (const std::size_t parts : {1U, 7U}) {
      std::vector<int> visits(120, 0);
      for (std::size_t part = 0; part < parts; ++part) {
        const auto check = [&](std::size_t at, const BroadcastWalk::Offsets& offsets,
                               std::size_t count) {
          for (std::size_t i = 0; i < count; ++i) {
            ++visits[at + i];
            EXPECT_EQ(offsets[0] + (walk.steps(0) ? i : 0), twin(result, operand, at + i));
            EXPECT_EQ(offsets[1] + (walk.steps(1) ? i : 0), at + i);
          }
        };
        walk.visit(120 * part / parts, 120 * (part + 1) / parts, check);
      }
      EXPECT_EQ(visits, std::vector<int>(120, 1));
    }
    EXPECT_EQ(walk.covers(0), element_count(operand) == 120);
  }
}

TEST(BroadcastWalk, AllOnesIsOneElement) {
  const BroadcastWalk walk({1, 1}, std::array{Shape{1}});
  EXPECT_EQ(walk.size(), 1U);
  EXPECT_TRUE(walk.covers(0));
}

TEST(BroadcastWalk, NothingIsNotVisited) {
  const BroadcastWalk walk({2, 0}, std::array{Shape{1}});
  walk.visit(0, walk.size(), [](std::size_t, const BroadcastWalk::Offsets&, std::size_t) {
    ADD_FAILURE() << "there is no element";
  });
}

}  // namespace
}  // namespace relcam::testing
