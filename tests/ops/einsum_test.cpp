#include <gtest/gtest.h>

#include <map>

#include "canonizers/canonize.h"
#include "support/expect.h"
#include "support/run_node.h"

namespace relcam::testing {
namespace {

using Extents = std::map<char, std::int64_t>;

Shape shape_of(const std::string& labels, const Extents& extents) {
  Shape shape;
  for (const char label : labels) shape.push_back(extents.at(label));
  return shape;
}

std::size_t offset_of(const std::string& labels, const Extents& at, const Extents& extents) {
  std::int64_t offset = 0;
  for (const char label : labels) offset = offset * extents.at(label) + at.at(label);
  return static_cast<std::size_t>(offset);
}

/// The definition: a sum over all indices of the product of all terms.
std::vector<float> summed(const std::vector<std::string>& terms, const std::string& output,
                          const Extents& extents, const std::vector<std::vector<float>>& inputs) {
  std::vector<float> result(element_count(shape_of(output, extents)), 0.0F);
  Extents at;
  for (const auto& [label, extent] : extents) at[label] = 0;
  while (true) {
    float product = 1.0F;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      product *= inputs[i][offset_of(terms[i], at, extents)];
    }
    result[offset_of(output, at, extents)] += product;
    auto digit = at.begin();
    while (digit != at.end() && ++digit->second == extents.at(digit->first)) (digit++)->second = 0;
    if (digit == at.end()) return result;
  }
}

/// Contractions of attention, of outer products and of several operands; the second one is constant
/// where `constant` says so.
TEST(Einsum, SumsProducts) {
  const Extents all = {{'b', 2}, {'h', 3}, {'i', 4}, {'j', 5}, {'d', 2}, {'o', 1}};
  const std::vector<std::pair<std::vector<std::string>, std::string>> equations = {
      {{"bhid", "bhjd"}, "bhij"},
      {{"bhij", "bhjd"}, "bihd"},
      {{"bij", "jd"}, "bid"},
      {{"i", "j"}, "ji"},
      {{"bij"}, "jb"},
      {{"ij", "ij"}, ""},
      {{"bi", "ij", "jd"}, "db"},
      {{"bio", "oj"}, "boij"},
      {{"ij", "id"}, "j"},
  };
  for (const auto& [terms, output] : equations) {
    std::string equation;
    Extents extents;
    for (const std::string& term : terms) {
      equation += (equation.empty() ? "" : ",") + term;
      for (const char label : term) extents[label] = all.at(label);
    }
    for (const bool constant : {false, true}) {
      NodeFixture node("Einsum");
      node.attribute("equation", equation + " -> " + output);
      std::vector<std::vector<float>> inputs;
      std::vector<std::vector<float>> live;
      for (std::size_t i = 0; i < terms.size(); ++i) {
        const Shape shape = shape_of(terms[i], extents);
        inputs.push_back(random_floats(element_count(shape), static_cast<std::uint32_t>(i)));
        if (constant && i == 1) {
          node.constant(Constant::from_floats(shape, inputs.back()));
        } else {
          node.live(shape);
          live.push_back(inputs.back());
        }
      }
      expect_near(run_node(node, live)[0], summed(terms, output, extents, inputs), 1e-5F);
    }
  }
}

TEST(Einsum, EllipsesBroadcastAndOutputsAreImplied) {
  NodeFixture node("Einsum");
  node.attribute("equation", std::string("...ij,...jk")).live({2, 3, 4}).live({1, 4, 5});
  EXPECT_EQ(run_shape(node), (Shape{2, 3, 5}));
  NodeFixture trace("Einsum");
  trace.attribute("equation", std::string("ba")).live({2, 3});
  EXPECT_EQ(run_node(trace, {{0, 1, 2, 3, 4, 5}})[0], (std::vector<float>{0, 3, 1, 4, 2, 5}));
}

/// Rules for weights and for attention apply to it.
TEST(Einsum, BecomesAMatrixProduct) {
  NodeFixture node("Einsum");
  node.attribute("equation", std::string("bij,jk->bik"))
      .live({2, 3, 4})
      .constant(Constant::from_floats({4, 5}, random_floats(20, 1)));
  Graph graph = node.view().graph;
  canonize(graph, {}, ThreadPool(1));
  EXPECT_EQ(std::ranges::count(graph.nodes, "MatMul", &Node::op_type), 1) << dump(graph);
  EXPECT_EQ(std::ranges::count(graph.nodes, "Einsum", &Node::op_type), 0) << dump(graph);
}

TEST(Einsum, RefusesWhatMakesNoSense) {
  const auto refused = [](const std::string& equation, const std::string& part, ErrorCode code) {
    NodeFixture node("Einsum");
    node.attribute("equation", equation).live({2, 3}).live({4, 3});
    expect_refused(node, code, part);
  };
  refused("ij,ij->i", "two extents", ErrorCode::InvalidModel);
  refused("ij->i", "fewer terms", ErrorCode::InvalidModel);
  refused("ij,kj,l->i", "more terms", ErrorCode::InvalidModel);
  refused("ij,k->i", "does not fit", ErrorCode::InvalidModel);
  refused("ij,kj->z", "output", ErrorCode::InvalidModel);
  refused("ij,k?->i", "malformed", ErrorCode::InvalidModel);
  refused("ii,kj->i", "diagonal", ErrorCode::UnsupportedOperator);
}

}  // namespace
}  // namespace relcam::testing
