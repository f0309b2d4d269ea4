#include <gtest/gtest.h>

#include <cmath>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

struct Parameters {
  std::vector<float> scale = {1.5F, -0.5F, 0.25F};
  std::vector<float> bias = {0.1F, 0.2F, -0.3F};
  std::vector<float> mean = {0.5F, -1.0F, 0.0F};
  std::vector<float> variance = {4.0F, 0.25F, 1.0F};
};

NodeFixture node_of(Shape shape, std::int64_t opset = 15) {
  const Parameters p;
  NodeFixture node("BatchNormalization", opset);
  node.live(std::move(shape));
  for (const auto* list : {&p.scale, &p.bias, &p.mean, &p.variance}) {
    node.constant(Constant::from_floats({3}, *list));
  }
  return node;
}

/// The formula of the ONNX page, channel by channel.
std::vector<float> twin(const std::vector<float>& x, std::size_t inner, float epsilon) {
  const Parameters p;
  std::vector<float> y;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t c = i / inner % 3;
    y.push_back((x[i] - p.mean[c]) / std::sqrt(p.variance[c] + epsilon) * p.scale[c] + p.bias[c]);
  }
  return y;
}

TEST(BatchNormalization, ImagesVectorsAndSequences) {
  const auto x = random_floats(2 * 3 * 20, 1);
  expect_near(node_of({2, 3, 4, 5}).forward({x})[0], twin(x, 20, 1e-5F), 1e-6F);
  expect_near(node_of({40, 3}).forward({x})[0], twin(x, 1, 1e-5F), 1e-6F);
  expect_near(node_of({2, 3, 20}).forward({x})[0], twin(x, 20, 1e-5F), 1e-6F);
}

TEST(BatchNormalization, EpsilonIsRead) {
  const auto x = random_floats(3, 2);
  NodeFixture node = node_of({1, 3});
  node.attribute("epsilon", 0.1F);
  expect_near(node.forward({x})[0], twin(x, 1, 0.1F), 1e-6F);
}

TEST(BatchNormalization, TellsRulesItsBias) {
  NodeFixture node = node_of({1, 3, 2, 2});
  LinearMap* map = node.prepared().linear();
  ASSERT_NE(map, nullptr);
  const auto zero = node.forward({std::vector<float>(12, 0.0F)})[0];
  ASSERT_EQ(map->bias().size(), 3U);
  for (std::size_t c = 0; c < 3; ++c) EXPECT_FLOAT_EQ(map->bias()[c], zero[c * 4]);
  EXPECT_TRUE(map->has_negative_weights());
}

TEST(BatchNormalization, Folds) {
  const Parameters p;
  const auto x = random_floats(6, 3);
  NodeFixture node("BatchNormalization");
  node.constant(Constant::from_floats({1, 3, 2}, x));
  for (const auto* list : {&p.scale, &p.bias, &p.mean, &p.variance}) {
    node.constant(Constant::from_floats({3}, *list));
  }
  expect_near(node.fold()[0].floats(), twin(x, 2, 1e-5F), 1e-6F);
}

TEST(BatchNormalization, RefusesTrainingAndMisfits) {
  NodeFixture training = node_of({1, 3});
  training.attribute("training_mode", std::int64_t{1});
  expect_error(ErrorCode::UnsupportedOperator, "evaluation", [&] { training.infer(); });
  NodeFixture statistics = node_of({1, 3});
  statistics.outputs(3);
  expect_error(ErrorCode::UnsupportedOperator, "evaluation", [&] { statistics.infer(); });
  NodeFixture channels = node_of({1, 4});
  expect_error(ErrorCode::InvalidModel, "4 channels", [&] { channels.infer(); });
  NodeFixture flat = node_of({3});
  expect_error(ErrorCode::InvalidModel, "channel axis", [&] { flat.infer(); });
  NodeFixture positions = node_of({1, 3}, 8);
  positions.attribute("spatial", std::int64_t{0});
  expect_error(ErrorCode::UnsupportedOperator, "spatial", [&] { positions.infer(); });
}

}  // namespace
}  // namespace relcam::testing
