#include <gtest/gtest.h>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

using Integers = std::vector<std::int64_t>;

/// Element by element, by index arithmetic.
std::vector<float> twin(const std::vector<float>& x, const Shape& shape, const Integers& perm) {
  Shape out;
  for (const auto axis : perm) out.push_back(shape[static_cast<std::size_t>(axis)]);
  std::vector<float> y(x.size());
  for (std::size_t to = 0; to < y.size(); ++to) {
    Shape index(shape.size());
    std::size_t rest = to;
    for (std::size_t i = perm.size(); i-- > 0;) {
      index[static_cast<std::size_t>(perm[i])] =
          static_cast<std::int64_t>(rest % static_cast<std::size_t>(out[i]));
      rest /= static_cast<std::size_t>(out[i]);
    }
    std::int64_t from = 0;
    for (std::size_t i = 0; i < shape.size(); ++i) from = from * shape[i] + index[i];
    y[to] = x[static_cast<std::size_t>(from)];
  }
  return y;
}

TEST(Transpose, AllPermutationsOfFourAxes) {
  const Shape shape = {2, 3, 4, 5};
  const auto x = random_floats(120, 1);
  Integers perm = {0, 1, 2, 3};
  do {
    NodeFixture node("Transpose");
    node.live(shape).attribute("perm", perm);
    EXPECT_EQ(node.forward({x})[0], twin(x, shape, perm));
  } while (std::next_permutation(perm.begin(), perm.end()));
}

TEST(Transpose, ALargeImageOnSeveralThreads) {
  const Shape shape = {1, 3, 97, 101};
  const auto x = random_floats(element_count(shape), 2);
  NodeFixture node("Transpose");
  node.live(shape).attribute("perm", Integers{0, 2, 3, 1});
  EXPECT_EQ(node.forward({x})[0], twin(x, shape, {0, 2, 3, 1}));
}

TEST(Transpose, ReversesByDefault) {
  NodeFixture node("Transpose");
  node.live({2, 3});
  EXPECT_EQ(node.forward({{1, 2, 3, 4, 5, 6}})[0], (std::vector<float>{1, 4, 2, 5, 3, 6}));
}

TEST(Transpose, FoldsTypesOfAllSizes) {
  NodeFixture bools("Transpose");
  bools.constant(Constant::from_bools({2, 2}, {1, 1, 0, 0}));
  EXPECT_EQ(bools.fold()[0].ints(), (Integers{1, 0, 1, 0}));
  NodeFixture ints("Transpose");
  ints.constant(Constant::from_ints({1, 2}, {5, 6}));
  EXPECT_EQ(ints.fold()[0].shape(), (Shape{2, 1}));
  EXPECT_EQ(ints.fold()[0].dtype(), DType::Int64);
}

TEST(Transpose, RefusesWhatIsNoPermutation) {
  for (const Integers& perm : {Integers{0, 0}, Integers{0}, Integers{0, 2}}) {
    NodeFixture node("Transpose");
    node.live({2, 3}).attribute("perm", perm);
    expect_error(ErrorCode::InvalidModel, "", [&] { node.infer(); });
  }
}

}  // namespace
}  // namespace relcam::testing
