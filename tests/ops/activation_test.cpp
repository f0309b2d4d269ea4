#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

struct Case {
  std::string type;
  std::function<double(double)> twin;
  double low = -6.0;
  double high = 6.0;
  std::int64_t opset = 17;
};

/// The definitions of the ONNX operator pages, in double.
const Case kCases[] = {
    {"Relu", [](double x) { return std::max(x, 0.0); }},
    {"Sigmoid", [](double x) { return 1.0 / (1.0 + std::exp(-x)); }, -100.0, 100.0},
    {"Tanh", [](double x) { return std::tanh(x); }, -20.0, 20.0},
    {"HardSigmoid", [](double x) { return std::max(0.0, std::min(1.0, 0.2 * x + 0.5)); }},
    {"HardSwish", [](double x) { return x * std::max(0.0, std::min(1.0, x / 6.0 + 0.5)); }},
    {"LeakyRelu", [](double x) { return x < 0.0 ? 0.01 * x : x; }},
    {"Elu", [](double x) { return x < 0.0 ? std::expm1(x) : x; }, -100.0, 10.0},
    {"Selu",
     [](double x) {
       return 1.05070102214813232421875 * (x > 0.0 ? x : 1.67326319217681884765625 * std::expm1(x));
     }},
    {"Celu", [](double x) { return std::max(0.0, x) + std::min(0.0, std::expm1(x)); }},
    {"Softplus", [](double x) { return std::log1p(std::exp(x)); }, -30.0, 30.0},
    {"Softsign", [](double x) { return x / (1.0 + std::fabs(x)); }},
    {"ThresholdedRelu", [](double x) { return x > 1.0 ? x : 0.0; }},
    {"Swish", [](double x) { return x / (1.0 + std::exp(-x)); }},
    {"Mish", [](double x) { return x * std::tanh(std::log1p(std::exp(x))); }},
    {"Gelu", [](double x) { return 0.5 * x * (1.0 + std::erf(x / std::sqrt(2.0))); }, -6.0, 6.0,
     20},
    {"Abs", [](double x) { return std::fabs(x); }},
    {"Exp", [](double x) { return std::exp(x); }, -30.0, 10.0},
    {"Log", [](double x) { return std::log(x); }, 0.01, 10.0},
    {"Sqrt", [](double x) { return std::sqrt(x); }, 0.0, 10.0},
    {"Neg", [](double x) { return -x; }},
    {"Reciprocal", [](double x) { return 1.0 / x; }, 0.1, 5.0},
    {"Erf", [](double x) { return std::erf(x); }},
    {"Floor", [](double x) { return std::floor(x); }},
    {"Ceil", [](double x) { return std::ceil(x); }},
    {"Round", [](double x) { return std::nearbyint(x); }},
    {"Sign", [](double x) { return x > 0.0 ? 1.0 : (x < 0.0 ? -1.0 : 0.0); }},
    {"Sin", [](double x) { return std::sin(x); }},
    {"Cos", [](double x) { return std::cos(x); }},
};

TEST(Activation, AgreesWithItsDefinition) {
  constexpr std::size_t kCount = 4001;
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.type);
    NodeFixture node(c.type, c.opset);
    node.live({static_cast<std::int64_t>(kCount)});
    const auto x = random_floats(kCount, 3, static_cast<float>(c.low), static_cast<float>(c.high));
    std::vector<float> expected;
    for (const float value : x) {
      expected.push_back(static_cast<float>(c.twin(static_cast<double>(value))));
    }
    expect_near(node.forward({x})[0], expected, 2e-6F);
  }
}

TEST(Activation, ExponentialsAreRelativelyExact) {
  NodeFixture node("Exp");
  const std::vector<float> x = {-103.0F, -87.0F, -1.0F, 0.0F, 1e-6F, 0.34657F, 1.0F, 88.5F, 88.72F};
  node.live({static_cast<std::int64_t>(x.size())});
  const auto y = node.forward({x})[0];
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double expected = std::exp(static_cast<double>(x[i]));
    EXPECT_NEAR(static_cast<double>(y[i]), expected, std::max(4e-7 * expected, 1.5e-45)) << x[i];
  }
  NodeFixture extremes("Exp");
  extremes.live({2});
  EXPECT_EQ(extremes.forward({{-1000.0F, 1000.0F}})[0],
            (std::vector<float>{0.0F, std::numeric_limits<float>::infinity()}));
}

TEST(Activation, SmallTanhKeepsItsDigits) {
  NodeFixture node("Tanh");
  node.live({3});
  const auto y = node.forward({{1e-4F, -1e-6F, 0.02F}})[0];
  EXPECT_FLOAT_EQ(y[0], static_cast<float>(std::tanh(1e-4)));
  EXPECT_FLOAT_EQ(y[1], -1e-6F);
  EXPECT_NEAR(y[2], static_cast<float>(std::tanh(0.02)), 1e-8F);
}

TEST(Activation, RoundGoesToEven) {
  NodeFixture node("Round");
  node.live({5});
  EXPECT_EQ(node.forward({{0.5F, 1.5F, 2.5F, -0.5F, -1.5F}})[0],
            (std::vector<float>{0.0F, 2.0F, 2.0F, -0.0F, -2.0F}));
}

TEST(Activation, AttributesAreRead) {
  const auto run = [](NodeFixture& node) { return node.live({2}).forward({{-1.0F, 2.0F}})[0]; };
  NodeFixture leaky("LeakyRelu");
  leaky.attribute("alpha", 0.25F);
  EXPECT_EQ(run(leaky), (std::vector<float>{-0.25F, 2.0F}));
  NodeFixture hard("HardSigmoid");
  hard.attribute("alpha", 0.5F).attribute("beta", 0.75F);
  EXPECT_EQ(run(hard), (std::vector<float>{0.25F, 1.0F}));
  NodeFixture threshold("ThresholdedRelu");
  threshold.attribute("alpha", 3.0F);
  EXPECT_EQ(run(threshold), (std::vector<float>{0.0F, 0.0F}));
}

TEST(Activation, KinksFollowPyTorch) {
  NodeFixture relu("Relu");
  relu.live({3});
  EXPECT_EQ(relu.vjp({{-1.0F, 0.0F, 1.0F}}, {{1.0F, 1.0F, 1.0F}})[0],
            (std::vector<float>{0.0F, 0.0F, 1.0F}));
  NodeFixture clip("Clip");
  clip.live({5})
      .constant(Constant::from_floats({}, {0.0F}))
      .constant(Constant::from_floats({}, {6.0F}));
  EXPECT_EQ(clip.vjp({{-1.0F, 0.0F, 3.0F, 6.0F, 7.0F}}, {{1.0F, 1.0F, 1.0F, 1.0F, 1.0F}})[0],
            (std::vector<float>{0.0F, 0.0F, 1.0F, 0.0F, 0.0F}));
}

TEST(Activation, NaNIsNotHidden) {
  for (const char* type : {"Relu", "Clip", "Sigmoid", "Tanh", "HardSwish", "Exp"}) {
    NodeFixture node(type);
    node.live({1});
    EXPECT_TRUE(std::isnan(node.forward({{std::nanf("")}})[0][0])) << type;
  }
}

TEST(Clip, LimitsAreAttributesBeforeOpset11) {
  NodeFixture node("Clip", 10);
  node.live({3}).attribute("min", 0.0F).attribute("max", 6.0F);
  EXPECT_EQ(node.forward({{-1.0F, 3.0F, 9.0F}})[0], (std::vector<float>{0.0F, 3.0F, 6.0F}));
  EXPECT_EQ(node.op().as_clamp(node.view()).high, 6.0F);
}

TEST(Clip, LimitsAreOptional) {
  NodeFixture above("Clip");
  above.live({2}).constant(Constant::from_floats({1}, {-0.5F}));
  EXPECT_EQ(above.forward({{-1.0F, 1e30F}})[0], (std::vector<float>{-0.5F, 1e30F}));
  NodeFixture below("Clip");
  below.live({2}).omitted().constant(Constant::from_floats({}, {0.5F}));
  EXPECT_EQ(below.forward({{-1e30F, 1.0F}})[0], (std::vector<float>{-1e30F, 0.5F}));
  EXPECT_EQ(NodeFixture("Clip").live({1}).forward({{7.0F}})[0], (std::vector<float>{7.0F}));
}

TEST(Clip, FoldsIntegers) {
  NodeFixture node("Clip");
  node.constant(Constant::from_ints({3}, {-4, 2, 9}))
      .constant(Constant::from_ints({}, {0}))
      .constant(Constant::from_ints({}, {5}));
  EXPECT_EQ(node.fold()[0].ints(), (std::vector<std::int64_t>{0, 2, 5}));
}

TEST(Clip, RefusesLimitsThatAreNotScalarsOrNotKnown) {
  NodeFixture list("Clip");
  list.live({2}).constant(Constant::from_floats({2}, {0.0F, 1.0F}));
  expect_error(ErrorCode::InvalidModel, "scalar", [&] { list.infer(); });
  NodeFixture live("Clip");
  live.live({2}).live({});
  expect_error(ErrorCode::UnsupportedOperator, "'min'", [&] { live.infer(); });
}

TEST(Activation, FoldsConstants) {
  NodeFixture sqrt("Sqrt");
  sqrt.constant(Constant::from_floats({2}, {4.0F, 9.0F}));
  EXPECT_EQ(sqrt.fold()[0].floats(), (std::vector<float>{2.0F, 3.0F}));
  NodeFixture abs("Abs");
  abs.constant(Constant::from_ints({3}, {-3, 4, std::numeric_limits<std::int64_t>::min()}));
  EXPECT_EQ(abs.fold()[0].ints(),
            (std::vector<std::int64_t>{3, 4, std::numeric_limits<std::int64_t>::min()}));
}

TEST(Activation, RefusesWhatItDoesNotTake) {
  NodeFixture integers("Sigmoid");
  integers.live({2}, DType::Int32);
  expect_error(ErrorCode::InvalidModel, "floating", [&] { integers.infer(); });
  NodeFixture none("Relu");
  expect_error(ErrorCode::InvalidModel, "missing", [&] { none.infer(); });
  NodeFixture two("Relu");
  two.live({1}).live({1});
  expect_error(ErrorCode::InvalidModel, "2 inputs", [&] { two.infer(); });
  NodeFixture mistyped("Elu");
  mistyped.live({1}).attribute("alpha", std::string("one"));
  expect_error(ErrorCode::InvalidModel, "alpha", [&] { mistyped.infer(); });
  NodeFixture unknown("Gelu", 20);
  unknown.live({1}).attribute("approximate", std::string("cubic"));
  expect_error(ErrorCode::InvalidModel, "approximate", [&] { unknown.infer(); });
}

}  // namespace
}  // namespace relcam::testing
