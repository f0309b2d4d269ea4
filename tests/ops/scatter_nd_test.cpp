#include <gtest/gtest.h>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

NodeFixture node_of(Constant data, Constant indices, Constant updates) {
  NodeFixture node("ScatterND");
  node.constant(std::move(data)).constant(std::move(indices)).constant(std::move(updates));
  return node;
}

/// Example 1 of the ONNX page.
TEST(ScatterND, Elements) {
  const Constant result =
      node_of(Constant::from_ints({8}, {1, 2, 3, 4, 5, 6, 7, 8}),
              Constant::from_ints({4, 1}, {4, 3, 1, -1}), Constant::from_ints({4}, {9, 10, 11, 12}))
          .fold()[0];
  EXPECT_EQ(result.ints(), (std::vector<std::int64_t>{1, 11, 3, 10, 9, 6, 7, 12}));
}

TEST(ScatterND, Slices) {
  const Constant result =
      node_of(Constant::from_floats({2, 2}, {1, 2, 3, 4}), Constant::from_ints({1, 1}, {1}),
              Constant::from_floats({1, 2}, {8, 9}))
          .fold()[0];
  EXPECT_EQ(result.floats(), (std::vector<float>{1, 2, 8, 9}));
}

TEST(ScatterND, RefusesWhatDoesNotFit) {
  const Constant data = Constant::from_floats({2}, {0, 0});
  const auto expect_refused = [&](Constant indices, Constant updates) {
    NodeFixture node = node_of(data, std::move(indices), std::move(updates));
    expect_error(ErrorCode::InvalidModel, "", [&] {
      node.infer();
      node.fold();
    });
  };
  expect_refused(Constant::from_ints({1, 1}, {2}), Constant::from_floats({1}, {1}));
  expect_refused(Constant::from_ints({1, 1}, {0}), Constant::from_floats({2}, {1, 1}));
  expect_refused(Constant::from_ints({1, 2}, {0, 0}), Constant::from_floats({1}, {1}));
  expect_refused(Constant::from_ints({}, {0}), Constant::from_floats({1}, {1}));
}

}  // namespace
}  // namespace relcam::testing
