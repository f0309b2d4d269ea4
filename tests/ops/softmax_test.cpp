#include <gtest/gtest.h>

#include <cmath>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

/// exp(x) / sum exp(x) in double, over groups of elements that `group` names.
template <typename Group>
std::vector<float> twin(const std::vector<float>& x, std::size_t groups, Group&& group) {
  std::vector<double> sums(groups, 0.0);
  for (std::size_t i = 0; i < x.size(); ++i) sums[group(i)] += std::exp(static_cast<double>(x[i]));
  std::vector<float> y;
  for (std::size_t i = 0; i < x.size(); ++i) {
    y.push_back(static_cast<float>(std::exp(static_cast<double>(x[i])) / sums[group(i)]));
  }
  return y;
}

TEST(Softmax, LastAxisByDefault) {
  const auto x = random_floats(6 * 50, 1, -20.0F, 20.0F);
  NodeFixture node("Softmax");
  node.live({2, 3, 50});
  expect_near(node.forward({x})[0], twin(x, 6, [](std::size_t i) { return i / 50; }));
}

TEST(Softmax, AnyAxis) {
  const auto x = random_floats(24, 2);
  NodeFixture node("Softmax");
  node.live({2, 3, 4}).attribute("axis", std::int64_t{1});
  expect_near(node.forward({x})[0], twin(x, 8, [](std::size_t i) { return i / 12 * 4 + i % 4; }));
}

TEST(Softmax, FlattensBeforeOpset13) {
  const auto x = random_floats(24, 3);
  NodeFixture node("Softmax", 12);
  expect_near(node.live({2, 3, 4}).forward({x})[0],
              twin(x, 2, [](std::size_t i) { return i / 12; }));
}

TEST(Softmax, LargeLogitsDoNotOverflow) {
  NodeFixture node("Softmax");
  node.live({3});
  expect_near(node.forward({{1000.0F, 1000.0F, -1000.0F}})[0], {0.5F, 0.5F, 0.0F});
}

TEST(LogSoftmax, IsTheLogarithm) {
  const auto x = random_floats(12, 4, -3.0F, 3.0F);
  NodeFixture node("LogSoftmax");
  node.live({3, 4});
  std::vector<float> expected = twin(x, 3, [](std::size_t i) { return i / 4; });
  for (float& value : expected) value = std::log(value);
  expect_near(node.forward({x})[0], expected, 2e-6F);
}

TEST(Softmax, Folds) {
  NodeFixture node("Softmax");
  node.constant(Constant::from_floats({2}, {0.0F, 0.0F}));
  EXPECT_EQ(node.fold()[0].floats(), (std::vector<float>{0.5F, 0.5F}));
}

TEST(Softmax, RefusesIntegersAndEmptyInputs) {
  NodeFixture integers("Softmax");
  integers.live({2}, DType::Int64);
  expect_error(ErrorCode::InvalidModel, "floating", [&] { integers.infer(); });
  NodeFixture empty("Softmax");
  empty.live({2, 0});
  expect_error(ErrorCode::InvalidModel, "empty", [&] { empty.infer(); });
  NodeFixture axis("Softmax");
  axis.live({2}).attribute("axis", std::int64_t{1});
  expect_error(ErrorCode::InvalidModel, "out of range", [&] { axis.infer(); });
}

}  // namespace
}  // namespace relcam::testing
