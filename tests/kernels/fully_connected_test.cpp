#include "kernels/fully_connected.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "base/constant.h"
#include "support/linear_twin.h"

namespace relcam {
namespace {

using testing::Entry;
using testing::LinearTwin;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr unsigned kSeed = 20261127;

LinearTwin twin_of(std::size_t inputs, std::size_t outputs, const std::vector<float>& weights) {
  std::vector<Entry> entries;
  for (std::size_t j = 0; j < outputs; ++j) {
    for (std::size_t i = 0; i < inputs; ++i) {
      entries.push_back({j, i, static_cast<double>(weights[j * inputs + i])});
    }
  }
  return {std::move(entries), inputs, outputs};
}

/// A layer with random weights and its twin.
struct Layer {
  Layer(std::size_t inputs, std::size_t outputs, const ThreadPool& pool, std::mt19937& random)
      : weights(testing::random_vector(inputs * outputs, random)),
        bias(testing::random_vector(outputs, random)),
        constant(Constant::from_floats({static_cast<std::int64_t>(weights.size())}, weights)),
        kernel(
            {.input = {1, 1}, .output = {1, 1}, .group_inputs = inputs, .group_outputs = outputs},
            {.values = constant, .bias = bias}, pool),
        twin(twin_of(inputs, outputs, weights)) {}

  std::vector<float> weights;
  std::vector<float> bias;
  Constant constant;
  FullyConnected kernel;
  LinearTwin twin;
};

struct Sizes {
  std::size_t inputs;
  std::size_t outputs;
};

/// Calls use(layer) for layers with all remainders of blocks, and with several blocks of inputs.
template <typename Use>
void for_layers(std::mt19937& random, const Use& use) {
  const Sizes sizes[] = {{1, 1}, {2, 5}, {3, 8}, {4, 4}, {7, 2}, {512, 3}, {1031, 37}, {1540, 130}};
  for (const std::size_t threads : {1U, 2U}) {
    const ThreadPool pool(threads);
    for (const auto& [inputs, outputs] : sizes) {
      SCOPED_TRACE(std::to_string(threads) + " threads, " + std::to_string(inputs) + " to " +
                   std::to_string(outputs));
      Layer layer(inputs, outputs, pool, random);
      use(layer);
    }
  }
}

TEST(FullyConnected, EqualsItsDefinition) {
  std::mt19937 random(kSeed);
  for_layers(random, [&](Layer& layer) {
    testing::expect_like_twin(layer.kernel, layer.twin, random);
    EXPECT_EQ(std::vector<float>(layer.kernel.bias().begin(), layer.kernel.bias().end()),
              layer.bias);
  });
}

TEST(FullyConnected, AddsItsBiasAndClampsEverySample) {
  std::mt19937 random(kSeed);
  constexpr std::size_t kCount = 3;
  for_layers(random, [&](Layer& layer) {
    const std::size_t outputs = layer.twin.outputs();
    const std::vector<float> x = testing::random_vector(kCount * layer.twin.inputs(), random);
    std::vector<float> y(kCount * outputs);
    layer.kernel.forward(x, y, kCount, 0.0F, kInfinity);
    for (std::size_t sample = 0; sample < kCount; ++sample) {
      const auto first = x.begin() + static_cast<std::ptrdiff_t>(sample * layer.twin.inputs());
      LinearTwin::Result want =
          layer.twin.apply({WeightPart::Kind::All},
                           {first, first + static_cast<std::ptrdiff_t>(layer.twin.inputs())});
      for (std::size_t j = 0; j < outputs; ++j) {
        want.value[j] = std::fmax(want.value[j] + static_cast<double>(layer.bias[j]), 0.0);
        want.magnitude[j] += 1.0;
      }
      const auto got = y.begin() + static_cast<std::ptrdiff_t>(sample * outputs);
      testing::expect_near({got, got + static_cast<std::ptrdiff_t>(outputs)}, want, "forward");
    }
  });
}

/// s = (k + 1) z for relevance number k, which is the adjoint of (k + 1) times what apply gives.
TEST(FullyConnected, SharesByTheSumsOfTheListedOutputs) {
  std::mt19937 random(kSeed);
  constexpr std::size_t kCount = 3;
  for_layers(random, [&](Layer& layer) {
    const std::size_t outputs = layer.twin.outputs();
    std::vector<std::uint32_t> listed;
    for (std::uint32_t j = 0; j < outputs; ++j) {
      if (j % 3 != 1) listed.push_back(j);
    }
    const std::vector<float> x = testing::random_vector(layer.twin.inputs(), random);
    for (const WeightPart part : testing::all_parts()) {
      const LinearTwin::Result z = layer.twin.apply(part, x);
      std::vector<float> s(kCount * outputs, 0.0F);
      std::vector<float> largest = s;
      for (const std::uint32_t j : listed) {
        for (std::size_t k = 0; k < kCount; ++k) {
          s[k * outputs + j] = static_cast<float>(z.value[j] * static_cast<double>(k + 1));
          largest[k * outputs + j] =
              static_cast<float>(z.magnitude[j] * static_cast<double>(k + 1));
        }
      }
      const auto share_of = [&](std::span<const std::uint32_t> block, std::span<const float> sums,
                                std::span<float> shares) {
        for (std::size_t i = 0; i < block.size(); ++i) {
          for (std::size_t k = 0; k < kCount; ++k) {
            shares[k * block.size() + i] = static_cast<float>(k + 1) * sums[i];
          }
        }
      };
      std::vector<float> r(kCount * layer.twin.inputs(), 7.0F);
      layer.kernel.by_output()->share(part, x, listed, share_of, r, kCount);
      LinearTwin::Result want = layer.twin.adjoint(part, s, kCount);
      want.magnitude = layer.twin.adjoint(part, largest, kCount).magnitude;
      testing::expect_near(r, want, "share");
    }
  });
}

TEST(FullyConnected, SuitsOnePixelWithoutPadding) {
  const ConvolutionShape pixel = {.input = {1, 1}, .output = {1, 1}};
  EXPECT_TRUE(FullyConnected::suits(pixel));
  ConvolutionShape padded = pixel;
  padded.window.pads.top = 1;
  padded.window.stride = {3, 1};
  EXPECT_FALSE(FullyConnected::suits(padded));
  ConvolutionShape wide = pixel;
  wide.input.width = wide.output.width = 2;
  EXPECT_FALSE(FullyConnected::suits(wide));
  ConvolutionShape grouped = pixel;
  grouped.groups = 2;
  EXPECT_FALSE(FullyConnected::suits(grouped));
}

TEST(FullyConnected, ReadsWeightsWithInputsFirstAndScalesThem) {
  const ThreadPool pool(1);
  const Constant weights = Constant::from_floats({2, 3}, {1, 2, 3, 4, 5, 6});
  FullyConnected product(
      {.input = {1, 1}, .output = {1, 1}, .group_inputs = 2, .group_outputs = 3},
      {.values = weights, .order = WeightSource::Order::InputsFirst, .scale = 2.0F}, pool);
  std::vector<float> x = {1, 10};
  std::vector<float> z(3);
  product.apply({WeightPart::Kind::All}, x, z, Write::Assign);
  EXPECT_EQ(z, (std::vector<float>{82, 104, 126}));
}

}  // namespace
}  // namespace relcam
