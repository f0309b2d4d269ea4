#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "support/node_fixture.h"
#include "support/op_samples.h"

namespace relcam::testing {
namespace {

using Tensors = std::vector<std::vector<float>>;

class TangentLaw : public ::testing::TestWithParam<OpSample> {};

/// <J t, s> = <t, J^T s>, for several t and s each of which would show a wrong element.
TEST_P(TangentLaw, JvpIsTheAdjointOfVjp) {
  NodeFixture node = GetParam().node();
  const Tensors inputs = sample_inputs(GetParam(), node, 11);
  const Tensors outputs = node.forward(inputs);
  for (std::uint32_t seed = 0; seed < 4; ++seed) {
    const Tensors tangents = random_like(inputs, 100 + 10 * seed);
    const Tensors weights = random_like(outputs, 200 + 10 * seed);
    const Tensors forward = node.jvp(inputs, tangents);
    ASSERT_EQ(forward.size(), outputs.size());
    const double expected = inner_product(tangents, node.vjp(inputs, weights));
    EXPECT_NEAR(inner_product(forward, weights), expected,
                1e-4 * std::max(1.0, std::fabs(expected)));
  }
}

INSTANTIATE_TEST_SUITE_P(Roster, TangentLaw, ::testing::ValuesIn(op_samples()), test_name);

}  // namespace
}  // namespace relcam::testing
