#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "support/node_fixture.h"

namespace relcam::testing {

/// A small node of some operator with inputs at which it is smooth: what the laws over the roster
/// run on. Inputs are distinct numbers, evenly spread over (low, high) in random order.
struct OpSample {
  std::string name;  ///< operator, and a word on what is special
  std::function<NodeFixture()> node;
  float low = -1.0F;
  float high = 1.0F;

  std::string op_type() const { return name.substr(0, name.find(' ')); }
};

/// At least one sample of every operator that can run on live values.
const std::vector<OpSample>& op_samples();

/// Data for the live inputs of the sample's node, in order.
std::vector<std::vector<float>> sample_inputs(const OpSample& sample, const NodeFixture& node,
                                              std::uint32_t seed);

/// The sample's name as tests can bear it.
std::string test_name(const ::testing::TestParamInfo<OpSample>& info);

/// Random tensors of the same sizes.
std::vector<std::vector<float>> random_like(const std::vector<std::vector<float>>& tensors,
                                            std::uint32_t seed);

/// The sum of all a_i b_i.
double inner_product(const std::vector<std::vector<float>>& a,
                     const std::vector<std::vector<float>>& b);

}  // namespace relcam::testing
