#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string>

#include "support/node_fixture.h"
#include "support/op_samples.h"

namespace relcam::testing {
namespace {

using Tensors = std::vector<std::vector<float>>;

double product(const Tensors& a, const Tensors& b) {
  double total = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < a[i].size(); ++j) {
      total += static_cast<double>(a[i][j]) * static_cast<double>(b[i][j]);
    }
  }
  return total;
}

Tensors random_like(const Tensors& tensors, std::uint32_t seed) {
  Tensors result;
  for (const auto& tensor : tensors) result.push_back(random_floats(tensor.size(), seed++));
  return result;
}

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
    const double expected = product(tangents, node.vjp(inputs, weights));
    EXPECT_NEAR(product(forward, weights), expected, 1e-4 * std::max(1.0, std::fabs(expected)));
  }
}

std::string test_name(const ::testing::TestParamInfo<OpSample>& info) {
  std::string name = info.param.name;
  std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Roster, TangentLaw, ::testing::ValuesIn(op_samples()), test_name);

}  // namespace
}  // namespace relcam::testing
