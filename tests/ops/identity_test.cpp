#include <gtest/gtest.h>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

TEST(Identity, PassesValuesAndGradients) {
  NodeFixture node("Identity");
  node.live({3});
  EXPECT_EQ(node.forward({{1, 2, 3}})[0], (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(node.vjp({{1, 2, 3}}, {{4, 5, 6}})[0], (std::vector<float>{4, 5, 6}));
}

TEST(Identity, FoldsAnyType) {
  NodeFixture node("Identity");
  node.constant(Constant::from_bools({2}, {1, 0}));
  EXPECT_EQ(node.fold()[0].dtype(), DType::Bool);
}

TEST(Dropout, DropsNothingAndMasksNothing) {
  NodeFixture node("Dropout", 13);
  node.live({2})
      .constant(Constant::from_floats({}, {0.5F}))
      .constant(Constant::from_bools({}, {1}))
      .outputs(2);
  const auto outputs = node.forward({{-1, 2}});
  EXPECT_EQ(outputs[0], (std::vector<float>{-1, 2}));
  EXPECT_EQ(outputs[1], (std::vector<float>{1, 1}));
}

TEST(Dropout, Folds) {
  NodeFixture node("Dropout", 10);
  node.constant(Constant::from_floats({2}, {3, 4})).outputs(2);
  const auto folded = node.fold();
  EXPECT_EQ(folded[0].floats(), (std::vector<float>{3, 4}));
  EXPECT_EQ(folded[1].ints(), (std::vector<std::int64_t>{1, 1}));
}

TEST(Identity, RefusesToHaveNoInput) {
  NodeFixture node("Identity");
  expect_error(ErrorCode::InvalidModel, "missing", [&] { node.infer(); });
}

}  // namespace
}  // namespace relcam::testing
