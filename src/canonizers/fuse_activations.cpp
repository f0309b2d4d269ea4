#include "canonizers/fuse_activations.h"

#include <cmath>
#include <string>

#include "canonizers/pattern.h"

namespace relcam {
namespace {

constexpr float kSixth = 1.0F / 6.0F;
constexpr float kRootHalf = 0.70710678F;       // 1 / sqrt(2)
constexpr float kRootTwoOverPi = 0.79788456F;  // sqrt(2 / pi)
constexpr float kCubic = 0.044715F;            // Hendrycks and Gimpel 2016, section 2

bool by_tanh(Graph&, const Match&, std::vector<Node>& nodes) {
  nodes.front().attributes.emplace("approximate", std::string("tanh"));
  return true;
}

bool with_factor(Graph&, const Match& match, std::vector<Node>& nodes) {
  nodes.front().attributes.emplace("alpha", match.number);
  return true;
}

bool has_line_of_hard_swish(Graph& graph, const Match& match, std::vector<Node>&) {
  for (const std::size_t index : match.nodes) {
    const Node& node = graph.nodes[index];
    if (node.op_type != "HardSigmoid") continue;
    return std::abs(node.number("alpha", 0.2F) - kSixth) < 1e-4F &&
           node.number("beta", 0.5F) == 0.5F;
  }
  return false;
}

std::vector<Fusion> fusions() {
  const Term x = variable();
  const Term tanh_argument = kRootTwoOverPi * (x + kCubic * x * x * x);
  const Term tanh_factored = kRootTwoOverPi * x * (1.0F + kCubic * x * x);
  const Term tanh_expanded = kRootTwoOverPi * x + (kRootTwoOverPi * kCubic) * x * x * x;
  return {
      {.pattern = 0.5F * x * (1.0F + function("Erf", {kRootHalf * x})), .op_type = "Gelu"},
      {0.5F * x * (1.0F + function("Tanh", {tanh_argument})), "Gelu", by_tanh},
      {0.5F * x * (1.0F + function("Tanh", {tanh_factored})), "Gelu", by_tanh},
      {0.5F * x * (1.0F + function("Tanh", {tanh_expanded})), "Gelu", by_tanh},
      {.pattern = x * function("Sigmoid", {x}), .op_type = "Swish"},
      {x * function("Sigmoid", {kAnyNumber * x}), "Swish", with_factor},
      {.pattern = x / (1.0F + function("Exp", {-1.0F * x})), .op_type = "Swish"},
      {x * function("HardSigmoid", {x}), "HardSwish", has_line_of_hard_swish},
      {.pattern = kSixth * x * clamped(3.0F + x, 0.0F, 6.0F), .op_type = "HardSwish"},
      {.pattern = x * clamped(0.5F + kSixth * x, 0.0F, 1.0F), .op_type = "HardSwish"},
      {.pattern = function("Log", {1.0F + function("Exp", {x})}), .op_type = "Softplus"},
      {.pattern = x * function("Tanh", {function("Softplus", {x})}), .op_type = "Mish"},
  };
}

}  // namespace

void fuse_activations(Graph& graph) { fuse(graph, fusions()); }

}  // namespace relcam
