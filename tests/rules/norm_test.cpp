#include "rules/norm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "rules/magnitude.h"
#include "support/dense_rule.h"
#include "support/rule_run.h"

namespace relcam {
namespace {

using testing::DenseRule;

constexpr auto kNothing = [](std::size_t) { return 0.0; };

TEST(NormRule, SharesAveragesByContribution) {
  DenseRule layer(30);
  for (float& weight : layer.weights) weight = std::abs(weight);
  std::ranges::fill(layer.bias, 0.0F);
  const auto message = [&](std::size_t i, std::size_t j) { return layer.w(j, i) * layer.a(i); };
  testing::expect_shares(layer.propagate(*make_norm_rule(signed_stabilizer(1e-3))),
                         testing::shares(layer, message, kNothing, 1e-3));
}

TEST(NormRule, ServesSumsAndAverages) {
  const auto rule = make_norm_rule({});
  for (const Kind kind : {Kind::Sum, Kind::Pool}) EXPECT_TRUE(rule->serves({.kind = kind}));
  for (const Kind kind : {Kind::Linear, Kind::Gate}) EXPECT_FALSE(rule->serves({.kind = kind}));
}

/// y_j = signs_0 p_j + signs_1 q_(j mod |q|)
class SumOfTwo final : public Operation {
 public:
  explicit SumOfTwo(std::vector<float> signs) : signs_(std::move(signs)) {}

  void forward(ConstBuffers inputs, Buffers outputs, Clamp /*clamp*/) override {
    for (std::size_t j = 0; j < outputs[0].size(); ++j) {
      outputs[0][j] = signs_[0] * inputs[0][j] + signs_[1] * inputs[1][j % inputs[1].size()];
    }
  }

  void vjp(const VjpArguments& arguments) override {
    for (std::size_t i = 0; i < 2; ++i) {
      const std::span<float> target = arguments.input_gradients[i];
      if (target.empty()) continue;
      std::ranges::fill(target, 0.0F);
      for (std::size_t j = 0; j < arguments.output_gradients[0].size(); ++j) {
        target[j % target.size()] += signs_[i] * arguments.output_gradients[0][j];
      }
    }
  }

  std::span<const float> signs() const override { return signs_; }

 private:
  std::vector<float> signs_;
};

/// What p and q receive of relevance 1 and 2 at y = p + sign q, q broadcast.
std::vector<std::vector<float>> propagate(const Rule& rule, const std::vector<float>& p,
                                          const std::vector<float>& q, float sign) {
  SumOfTwo sum({1.0F, sign});
  std::vector<float> y(p.size());
  const std::vector<std::span<float>> outputs{y};
  sum.forward(std::vector<std::span<const float>>{p, q}, outputs, {});
  testing::RuleRun run{.operation = sum, .inputs = {p, q}, .output = y, .relevance = {1.0F, 2.0F}};
  run.run(rule);
  return run.incoming;
}

TEST(NormRule, SharesSumsWithSigns) {
  const auto rule = make_norm_rule({});
  const auto added = propagate(*rule, {3.0F, 4.0F}, {-1.0F, 0.0F}, 1.0F);
  EXPECT_EQ(added[0], (std::vector<float>{1.5F, 2.0F}));
  EXPECT_EQ(added[1], (std::vector<float>{-0.5F, 0.0F}));
  const auto subtracted = propagate(*rule, {3.0F, 4.0F}, {-1.0F, 4.0F}, -1.0F);
  EXPECT_EQ(subtracted[0], (std::vector<float>{0.75F, 0.0F}));
  EXPECT_EQ(subtracted[1], (std::vector<float>{0.25F, 0.0F}));
}

TEST(NormRule, GathersWhatWasBroadcast) {
  const auto shares = propagate(*make_norm_rule({}), {3.0F, 1.0F}, {1.0F}, 1.0F);
  EXPECT_EQ(shares[0], (std::vector<float>{0.75F, 1.0F}));
  EXPECT_EQ(shares[1], (std::vector<float>{1.25F}));
}

TEST(MagnitudeRule, SharesSumsBySize) {
  const auto rule = make_magnitude_rule();
  for (const float sign : {1.0F, -1.0F}) {
    const auto shares = propagate(*rule, {3.0F, -4.0F}, {-1.0F, 4.0F}, sign);
    EXPECT_EQ(shares[0], (std::vector<float>{0.75F, 1.0F}));
    EXPECT_EQ(shares[1], (std::vector<float>{0.25F, 1.0F}));
  }
}

TEST(MagnitudeRule, GathersWhatWasBroadcast) {
  const auto shares = propagate(*make_magnitude_rule(), {3.0F, 1.0F}, {-1.0F}, 1.0F);
  EXPECT_EQ(shares[0], (std::vector<float>{0.75F, 1.0F}));
  EXPECT_EQ(shares[1], (std::vector<float>{1.25F}));
}

}  // namespace
}  // namespace relcam
