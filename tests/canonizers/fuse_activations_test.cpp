#include "canonizers/fuse_activations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "support/written_formula.h"

namespace relcam {
namespace {

using ::testing::ElementsAre;
using testing::onnx_attribute;
using testing::WrittenFormula;

using Writer = std::function<void(WrittenFormula&)>;

constexpr float kRootTwo = 1.41421356F;
constexpr float kRootTwoOverPi = 0.7978845608F;

/// The graph of a formula that becomes one operator, and computes what it did.
Graph expect_fused(const Writer& write, const std::string& op_type, std::int64_t opset = 17) {
  WrittenFormula formula({2, 7}, opset);
  write(formula);
  EXPECT_THAT(formula.operators(), ElementsAre(op_type));
  formula.expect_unchanged();
  return formula.canonized();
}

void expect_kept(const Writer& write, std::size_t nodes) {
  WrittenFormula formula({2, 7});
  write(formula);
  EXPECT_EQ(formula.operators().size(), nodes);
  formula.expect_unchanged();
}

/// 1 + erf(x / sqrt 2), as PyTorch writes it.
std::string gate_by_erf(WrittenFormula& f) {
  return f("Add", {f("Erf", {f("Div", {"x", f.number(kRootTwo)})}), f.number(1)});
}

TEST(FuseActivations, GeluInEveryOrder) {
  const std::vector<Writer> orders = {
      [](auto& f) { f("Mul", {f("Mul", {"x", gate_by_erf(f)}), f.number(0.5F)}); },
      [](auto& f) { f("Mul", {f.number(0.5F), f("Mul", {gate_by_erf(f), "x"})}); },
      [](auto& f) { f("Mul", {f("Mul", {"x", f.number(0.5F)}), gate_by_erf(f)}); },
      [](auto& f) { f("Mul", {gate_by_erf(f), f("Mul", {f.number(0.5F), "x"})}); },
      [](auto& f) { f("Mul", {"x", f("Mul", {f.number(0.5F), gate_by_erf(f)})}); },
      [](auto& f) { f("Mul", {f("Div", {gate_by_erf(f), f.number(2)}), "x"}); },
      [](auto& f) { f("Div", {f("Mul", {gate_by_erf(f), "x"}), f.constant({1}, {2})}); },
      [](auto& f) {
        const std::string scaled = f("Mul", {f.number(1 / kRootTwo), "x"});
        const std::string gate = f("Add", {f.number(1), f("Erf", {scaled})});
        f("Mul", {f("Mul", {"x", gate}), f.number(0.5F)});
      }};
  for (const Writer& write : orders) {
    const Graph graph = expect_fused(write, "Gelu");
    EXPECT_EQ(graph.nodes.front().text("approximate", "none"), "none");
  }
}

TEST(FuseActivations, GeluByTanh) {
  const auto finished = [](WrittenFormula& f, const std::string& argument) {
    const std::string gate = f("Add", {f.number(1), f("Tanh", {argument})});
    f("Mul", {f("Mul", {f.number(0.5F), "x"}), gate});
  };
  const std::vector<Writer> forms = {
      [&](auto& f) {
        const std::string cubic = f("Mul", {f.number(0.044715F), f("Pow", {"x", f.number(3)})});
        finished(f, f("Mul", {f.number(kRootTwoOverPi), f("Add", {"x", cubic})}));
      },
      [&](auto& f) {
        const std::string cube = f("Mul", {f("Mul", {"x", "x"}), "x"});
        const std::string cubic = f("Mul", {cube, f.number(0.044715F)});
        finished(f, f("Mul", {f("Add", {cubic, "x"}), f.number(kRootTwoOverPi)}));
      },
      [&](auto& f) {
        const std::string cubic = f("Mul", {f("Mul", {f.number(0.044715F), "x"}), "x"});
        const std::string bracket = f("Add", {f.number(1), cubic});
        finished(f, f("Mul", {f("Mul", {"x", f.number(kRootTwoOverPi)}), bracket}));
      }};
  for (const Writer& write : forms) {
    const Graph graph = expect_fused(write, "Gelu");
    EXPECT_EQ(graph.nodes.front().text("approximate", "none"), "tanh");
  }
}

TEST(FuseActivations, Swish) {
  expect_fused([](auto& f) { f("Mul", {"x", f("Sigmoid", {"x"})}); }, "Swish");
  expect_fused([](auto& f) { f("Mul", {f("Sigmoid", {"x"}), "x"}); }, "Swish");
  expect_fused(
      [](auto& f) { f("Div", {"x", f("Add", {f.number(1), f("Exp", {f("Neg", {"x"})})})}); },
      "Swish");
  const Graph quick = expect_fused(
      [](auto& f) { f("Mul", {"x", f("Sigmoid", {f("Mul", {"x", f.number(1.702F)})})}); }, "Swish");
  EXPECT_FLOAT_EQ(quick.nodes.front().number("alpha", 1), 1.702F);
}

TEST(FuseActivations, HardSwish) {
  const auto clip = [](WrittenFormula& f) {
    return f("Clip", {f("Add", {"x", f.number(3)}), f.number(0), f.number(6)});
  };
  const std::vector<Writer> forms = {
      [&](auto& f) { f("Div", {f("Mul", {"x", clip(f)}), f.number(6)}); },
      [&](auto& f) { f("Mul", {f("Mul", {clip(f), "x"}), f.number(1.0F / 6)}); },
      [&](auto& f) { f("Mul", {"x", f("Div", {clip(f), f.number(6)})}); },
      [&](auto& f) { f("Mul", {f("Mul", {"x", f.number(1.0F / 6)}), clip(f)}); },
      [](auto& f) {
        const std::string positive = f("Max", {f("Add", {f.number(3), "x"}), f.number(0)});
        f("Div", {f("Mul", {"x", f("Min", {f.number(6), positive})}), f.number(6)});
      },
      [](auto& f) {
        const std::string below = f("Min", {f("Add", {"x", f.number(3)}), f.number(6)});
        f("Div", {f("Mul", {f("Max", {f.number(0), below}), "x"}), f.number(6)});
      },
      [](auto& f) {
        f("Mul", {"x", f("HardSigmoid", {"x"}, {onnx_attribute("alpha", 1.0F / 6)})});
      }};
  for (const Writer& write : forms) expect_fused(write, "HardSwish");
}

/// Before opset 11 the limits of Clip are attributes.
TEST(FuseActivations, HardSwishOfOldModels) {
  expect_fused(
      [](auto& f) {
        const std::string clip = f("Clip", {f("Add", {"x", f.number(3)})},
                                   {onnx_attribute("min", 0.0F), onnx_attribute("max", 6.0F)});
        f("Div", {f("Mul", {"x", clip}), f.number(6)});
      },
      "HardSwish", 10);
}

TEST(FuseActivations, SoftplusAndMish) {
  const auto softplus = [](WrittenFormula& f) {
    return f("Log", {f("Add", {f("Exp", {"x"}), f.number(1)})});
  };
  expect_fused(softplus, "Softplus");
  expect_fused([](auto& f) { f("Mul", {"x", f("Tanh", {f("Softplus", {"x"})})}); }, "Mish");
  expect_fused([&](auto& f) { f("Mul", {f("Tanh", {softplus(f)}), "x"}); }, "Mish");
}

TEST(FuseActivations, OneAfterTheOther) {
  WrittenFormula f({2, 7});
  std::string at = "x";
  for (int i = 0; i < 3; ++i) {
    const std::string gate =
        f("Add", {f("Erf", {f("Div", {at, f.number(kRootTwo)})}), f.number(1)});
    at = f("Mul", {f("Mul", {at, gate}), f.number(0.5F)});
    at = f("Mul", {at, f("Sigmoid", {at})});
  }
  EXPECT_THAT(f.operators(), ElementsAre("Gelu", "Swish", "Gelu", "Swish", "Gelu", "Swish"));
  f.expect_unchanged();
}

TEST(FuseActivations, NearMissesStay) {
  const auto half_of = [](WrittenFormula& f, const std::string& gate, float half) {
    f("Mul", {f("Mul", {"x", gate}), f.number(half)});
  };
  expect_kept([&](auto& f) { half_of(f, gate_by_erf(f), 0.51F); }, 5);
  expect_kept(
      [&](auto& f) {
        const std::string scaled = f("Div", {"x", f.number(1.5F)});
        half_of(f, f("Add", {f("Erf", {scaled}), f.number(1)}), 0.5F);
      },
      5);
  expect_kept(
      [&](auto& f) {
        const std::string erf = f("Erf", {f("Div", {"x", f.number(kRootTwo)})});
        half_of(f, f("Add", {erf, f.number(2)}), 0.5F);
      },
      5);
  expect_kept(
      [&](auto& f) {
        const std::string erf = f("Erf", {f("Div", {"x", f.number(kRootTwo)})});
        half_of(f, f("Sub", {erf, f.number(1)}), 0.5F);
      },
      5);
  // Another value where the formula has x.
  expect_kept(
      [&](auto& f) {
        const std::string other = f("Abs", {"x"});
        f("Mul", {f("Mul", {other, gate_by_erf(f)}), f.number(0.5F)});
      },
      6);
  expect_kept([](auto& f) { f("Mul", {f("Abs", {"x"}), f("Sigmoid", {"x"})}); }, 3);
  expect_kept([](auto& f) { f("Div", {f("Sigmoid", {"x"}), "x"}); }, 2);
  expect_kept([](auto& f) { f("Mul", {"x", f("HardSigmoid", {"x"})}); }, 2);
  expect_kept(
      [](auto& f) {
        const std::string clip =
            f("Clip", {f("Add", {"x", f.number(3)}), f.number(0), f.number(5)});
        f("Div", {f("Mul", {"x", clip}), f.number(6)});
      },
      4);
}

/// What somebody else reads, or asks for, must not vanish.
TEST(FuseActivations, PiecesWithOtherReadersStay) {
  WrittenFormula f({2, 7});
  const std::string gate = f("Sigmoid", {"x"});
  const std::string swish = f("Mul", {"x", gate});
  f("Add", {swish, gate});
  EXPECT_THAT(f.operators(), ElementsAre("Sigmoid", "Mul", "Add"));
}

TEST(FuseActivations, NamesOfPiecesSayWhereTheyWent) {
  WrittenFormula f({2, 7});
  const std::string gate = f("Sigmoid", {"x"});
  f("Mul", {"x", gate});
  const Graph graph = f.canonized();
  ASSERT_TRUE(graph.removed.contains(gate));
  EXPECT_EQ(graph.removed.at(gate), "it became part of Swish 'n1': ask for 't1'");
  EXPECT_EQ(graph.find(gate), kNoValue);
}

}  // namespace
}  // namespace relcam
