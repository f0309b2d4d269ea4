#include "relevance/tangent.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "canonizers/canonize.h"
#include "canonizers/logits.h"
#include "onnx/read_onnx.h"
#include "relevance/sweep.h"
#include "support/node_fixture.h"
#include "support/reference_case.h"

namespace relcam {
namespace {

using testing::random_floats;

Graph canonical(const ByteView& model, const ThreadPool& pool) {
  Graph graph = read_onnx(model, {});
  canonize(graph, {.fold_batch_norm = false}, pool);
  return graph;
}

double product(std::span<const float> a, std::span<const float> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

class TangentTest : public ::testing::TestWithParam<std::string> {
 protected:
  /// A forward pass on random numbers (of the input's size), keeping what gradients read.
  ForwardPass forward(const Binding& binding) const {
    std::vector<bool> kept(program_.graph().values.size(), false);
    kept[static_cast<std::size_t>(logits_)] = true;
    binding.mark_reads(kept);
    ForwardPass pass(program_, kept);
    const ValueId input = program_.graph().inputs.front();
    std::ranges::copy(random_floats(program_.value_size(input), 3), pass.input(input).begin());
    while (!pass.finished()) pass.step();
    return pass;
  }

  ThreadPool pool_{1};
  Program program_{canonical(testing::ReferenceCase(GetParam()).model(), pool_), pool_};
  ValueId logits_ = logits_value(program_.graph());
};

/// Over a whole network, from its input to its scores: <J t, s> = <t, J^T s>.
TEST_P(TangentTest, IsTheAdjointOfTheGradientSweep) {
  const ValueId input = program_.graph().inputs.front();
  const Binding binding(program_, make_composite("gradient", {}), logits_, {input});
  const ForwardPass pass = forward(binding);
  const std::vector<float> direction = random_floats(program_.value_size(input), 5);
  const std::vector<float> seed = random_floats(program_.value_size(logits_), 7);

  Tangent tangent(binding, pass, input, direction);
  while (!tangent.finished()) tangent.step();

  const PixelBounds pixels;
  Denomination denomination(binding, pass, pixels);
  Sweep sweep(denomination, {seed});
  while (!sweep.finished()) sweep.step();

  const double expected = product(direction, sweep.relevance(input));
  EXPECT_NE(expected, 0.0);
  EXPECT_NEAR(product(tangent.result(), seed), expected, 1e-4 * std::abs(expected) + 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Networks, TangentTest,
                         ::testing::Values("pgc_densenet", "pgc_mobilenet", "pgc_resnet",
                                           "pgc_vgg"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace relcam
