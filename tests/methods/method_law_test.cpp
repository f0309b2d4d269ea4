#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "support/sample_layer.h"

namespace relcam {
namespace {

using testing::SampleLayer;

/// Every way to ask a method for a map.
struct Variant {
  const Method* method;
  Settings settings;

  CamOutput run(const SampleLayer& layer) const {
    return testing::make_map(*method, layer.input(*method, settings));
  }
};

bool has_parameter(const Method& method, std::string_view name) {
  return std::ranges::find(method.parameters, name, &ParameterInfo::name) !=
         method.parameters.end();
}

std::vector<Variant> variants() {
  std::vector<Variant> all;
  for (const Method& method : all_methods()) {
    if (!method.maps_signals()) continue;
    all.push_back({&method, {}});
    if (has_parameter(method, "eigen-smooth")) all.push_back({&method, {{"eigen-smooth", "yes"}}});
  }
  return all;
}

/// Layers that trip careless divisions.
std::vector<SampleLayer> awkward_layers() {
  std::vector<SampleLayer> layers;
  SampleLayer flat;
  std::ranges::fill(flat.activation, 0.3F);
  layers.push_back(flat);
  std::ranges::fill(flat.signal, 0.7F);
  layers.push_back(flat);
  SampleLayer silent;
  std::ranges::fill(silent.activation, 0.0F);
  layers.push_back(silent);
  SampleLayer sums_to_zero;
  for (std::size_t at = 0; at < sums_to_zero.activation.size(); ++at) {
    const bool even = (at / sums_to_zero.channels) % 2 == 0;
    sums_to_zero.activation[at] = even ? 1.0F : -1.0F;
  }
  layers.push_back(sums_to_zero);
  SampleLayer large;
  for (float& value : large.activation) value *= 1e12F;
  for (float& value : large.signal) value *= 1e12F;
  layers.push_back(large);
  SampleLayer tiny;
  for (float& value : tiny.activation) value *= 1e-30F;
  for (float& value : tiny.signal) value *= 1e-30F;
  layers.push_back(tiny);
  layers.push_back(SampleLayer(2, 1, 1, 3));
  layers.push_back(SampleLayer(3, 3, 3, 1));
  return layers;
}

bool all_finite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float x) { return std::isfinite(x); });
}

bool all_zero(std::span<const float> values) {
  return std::ranges::all_of(values, [](float x) { return x == 0.0F; });
}

TEST(MethodLaws, NamesAreUniqueAndEntriesComplete) {
  std::set<std::string_view> seen;
  for (const Method& method : all_methods()) {
    EXPECT_TRUE(seen.insert(method.name).second) << method.name;
    EXPECT_FALSE(method.summary.empty()) << method.name;
    EXPECT_FALSE(method.paper.empty()) << method.name;
    EXPECT_FALSE(method.default_start.empty()) << method.name;
    EXPECT_FALSE(method.default_composite.empty()) << method.name;
  }
}

TEST(MethodLaws, MapsHaveOneElementPerPositionAndWeightsOnePerChannel) {
  const SampleLayer layer;
  for (const Variant& variant : variants()) {
    const CamOutput output = variant.run(layer);
    EXPECT_EQ(output.map.size(), layer.positions()) << variant.method->name;
    const std::size_t weights = variant.method->weighs_channels() ? layer.channels : 0;
    EXPECT_EQ(output.weights.size(), weights) << variant.method->name;
    EXPECT_FALSE(all_zero(output.map)) << variant.method->name;
  }
}

TEST(MethodLaws, EverythingIsFinite) {
  for (const Variant& variant : variants()) {
    for (const SampleLayer& layer : awkward_layers()) {
      const CamOutput output = variant.run(layer);
      EXPECT_TRUE(all_finite(output.map)) << variant.method->name;
      EXPECT_TRUE(all_finite(output.weights)) << variant.method->name;
    }
  }
}

TEST(MethodLaws, WithoutSignalTheMapIsZero) {
  SampleLayer layer;
  std::ranges::fill(layer.signal, 0.0F);
  for (const Variant& variant : variants()) {
    if (variant.method->signal == Signal::None) continue;
    EXPECT_TRUE(all_zero(variant.run(layer).map)) << variant.method->name;
    EXPECT_TRUE(all_zero(variant.run(layer).weights)) << variant.method->name;
  }
}

TEST(MethodLaws, WithoutActivationTheMapIsZero) {
  SampleLayer layer;
  std::ranges::fill(layer.activation, 0.0F);
  for (const Variant& variant : variants()) {
    EXPECT_TRUE(all_zero(variant.run(layer).map)) << variant.method->name;
  }
}

/// A flat activation under a flat signal has no principal direction.
TEST(MethodLaws, AFlatLayerGivesAFlatMap) {
  SampleLayer layer;
  std::ranges::fill(layer.activation, 0.3F);
  std::ranges::fill(layer.signal, 0.7F);
  for (const Variant& variant : variants()) {
    const std::vector<float> map = variant.run(layer).map;
    EXPECT_EQ(std::ranges::min(map), std::ranges::max(map)) << variant.method->name;
  }
}

/// Activations in another unit: where they are halved their gradients double, and what a channel
/// contributes stays. Methods without a signal see the activations alone. After a ReLU, because the
/// epsilon of grad-cam++ matters where a divisor almost cancels.
TEST(MethodLaws, TheUnitOfActivationsDoesNotMatter) {
  SampleLayer layer;
  for (float& value : layer.activation) value = std::abs(value);
  SampleLayer halved = layer;
  for (float& value : halved.activation) value *= 0.5F;
  for (float& value : halved.signal) value *= 2.0F;
  for (const Variant& variant : variants()) {
    if (variant.method->signal == Signal::None) continue;
    const std::vector<float> want = variant.run(layer).map;
    const std::vector<float> got = variant.run(halved).map;
    const float tolerance = 1e-4F * std::max(std::ranges::max(want), -std::ranges::min(want));
    for (std::size_t i = 0; i < want.size(); ++i) {
      EXPECT_NEAR(got[i], want[i], tolerance) << variant.method->name;
    }
  }
}

/// All methods treat positions alike: turning the picture turns the map.
TEST(MethodLaws, PositionsAreExchangeable) {
  const SampleLayer layer;
  SampleLayer reversed = layer;
  for (std::size_t i = 0; i < layer.positions(); ++i) {
    const std::size_t from = (layer.positions() - 1 - i) * layer.channels;
    for (std::size_t c = 0; c < layer.channels; ++c) {
      reversed.activation[i * layer.channels + c] = layer.activation[from + c];
      reversed.signal[i * layer.channels + c] = layer.signal[from + c];
    }
  }
  for (const Variant& variant : variants()) {
    const std::vector<float> want = variant.run(layer).map;
    std::vector<float> got = variant.run(reversed).map;
    std::ranges::reverse(got);
    const float tolerance = 1e-5F * std::max(std::ranges::max(want), -std::ranges::min(want));
    for (std::size_t i = 0; i < want.size(); ++i) {
      EXPECT_NEAR(got[i], want[i], tolerance) << variant.method->name;
    }
  }
}

}  // namespace
}  // namespace relcam
