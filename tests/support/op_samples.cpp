#include "support/op_samples.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <random>

#include "support/constants.h"

namespace relcam::testing {
namespace {

using Integers = std::vector<std::int64_t>;

constexpr std::array<std::byte, 2> kZeroBytes{};

Constant floats(Shape shape, std::uint32_t seed = 7, float low = -1.0F, float high = 1.0F) {
  const std::size_t count = element_count(shape);
  return Constant::from_floats(std::move(shape), random_floats(count, seed, low, high));
}

NodeFixture unary(const std::string& type, Shape shape = {2, 3, 2, 3}, std::int64_t opset = 17) {
  NodeFixture node(type, opset);
  node.live(std::move(shape));
  return node;
}

OpSample pointwise(const std::string& type, float low = -2.0F, float high = 2.0F,
                   std::int64_t opset = 17) {
  return {type, [=] { return unary(type, {2, 3, 2, 3}, opset); }, low, high};
}

NodeFixture live_pair(const std::string& type, Shape a, Shape b) {
  NodeFixture node(type);
  node.live(std::move(a)).live(std::move(b));
  return node;
}

NodeFixture with_right(const std::string& type, Shape a, Constant b) {
  NodeFixture node(type);
  node.live(std::move(a)).constant(std::move(b));
  return node;
}

NodeFixture with_left(const std::string& type, Constant a, Shape b) {
  NodeFixture node(type);
  node.constant(std::move(a)).live(std::move(b));
  return node;
}

NodeFixture batch_normalization(Shape shape) {
  const Shape channels = {shape.at(1)};
  NodeFixture node("BatchNormalization");
  node.live(std::move(shape))
      .constant(floats(channels, 1, -1.5F, 1.5F))
      .constant(floats(channels, 2))
      .constant(floats(channels, 3))
      .constant(floats(channels, 4, 0.2F, 2.0F));
  return node;
}

void add_activations(std::vector<OpSample>& samples) {
  for (const char* type :
       {"Relu", "Sigmoid", "Tanh", "LeakyRelu", "Elu", "Selu", "Celu", "Softplus", "Softsign",
        "Mish", "Abs", "Exp", "Neg", "Erf", "Sin", "Cos", "Swish"}) {
    samples.push_back(pointwise(type));
  }
  for (const char* type : {"HardSigmoid", "HardSwish"}) {
    samples.push_back(pointwise(type, -4.5F, 4.5F));
  }
  for (const char* type : {"Log", "Sqrt", "Reciprocal"}) {
    samples.push_back(pointwise(type, 0.5F, 2.0F));
  }
  for (const char* type : {"Floor", "Ceil", "Round", "Sign"}) {
    samples.push_back(pointwise(type, 0.05F, 0.45F));
  }
  samples.push_back({"ThresholdedRelu", [] {
                       NodeFixture node = unary("ThresholdedRelu");
                       node.attribute("alpha", 0.2F);
                       return node;
                     }});
  samples.push_back(pointwise("Gelu", -3.0F, 3.0F, 20));
  samples.push_back({"Gelu by tanh",
                     [] {
                       NodeFixture node = unary("Gelu", {2, 3, 2, 3}, 20);
                       node.attribute("approximate", std::string("tanh"));
                       return node;
                     },
                     -3.0F, 3.0F});
  samples.push_back({"Clip", [] {
                       NodeFixture node = unary("Clip");
                       node.constant(Constant::from_floats({}, {-0.507F}))
                           .constant(Constant::from_floats({}, {0.61F}));
                       return node;
                     }});
}

/// Truth values have no derivative; a sample's numbers are all true.
void add_conditions(std::vector<OpSample>& samples) {
  const Shape image = {2, 3, 2, 2};
  const Shape gate = {2, 3, 1, 1};
  const Constant channels = Constant::from_floats({3, 1, 1}, {-0.5F, 0.25F, 1.0F / 3.0F});
  for (const char* type :
       {"Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And", "Or", "Xor"}) {
    const std::string name = type;
    samples.push_back({name, [=] { return live_pair(name, image, gate); }});
    samples.push_back({name + " constant", [=] {
                         NodeFixture node = with_right(name, image, channels);
                         node.channels_last();
                         return node;
                       }});
  }
  samples.push_back({"Where", [=] {
                       NodeFixture node("Where");
                       node.live(gate, DType::Bool).live(image).live(gate);
                       return node;
                     }});
  samples.push_back({"Where constant", [=] {
                       NodeFixture node("Where");
                       node.live(image, DType::Bool).live(gate).constant(channels);
                       node.channels_last();
                       return node;
                     }});
}

void add_broadcasts(std::vector<OpSample>& samples) {
  const Shape image = {2, 3, 2, 2};
  const Shape gate = {2, 3, 1, 1};
  // Halfway between neighbouring inputs, so that Max and Min are smooth there.
  const Constant channels = Constant::from_floats({3, 1, 1}, {-0.5F, 0.25F, 1.0F / 3.0F});
  for (const char* type : {"Add", "Sub", "Mul", "Max", "Min", "Sum", "Mean"}) {
    const std::string name = type;
    samples.push_back({name, [=] { return live_pair(name, image, image); }});
    samples.push_back({name + " gate", [=] { return live_pair(name, image, gate); }});
    samples.push_back({name + " stretched left", [=] { return live_pair(name, gate, image); }});
    samples.push_back({name + " constant", [=] { return with_right(name, image, channels); }});
    samples.push_back({name + " channels-last", [=] {
                         NodeFixture node = with_right(name, image, channels);
                         node.channels_last();
                         return node;
                       }});
  }
  samples.push_back({"Sum of three", [=] {
                       NodeFixture node = live_pair("Sum", image, gate);
                       node.constant(floats({1, 3, 1, 1})).live(image);
                       return node;
                     }});
  samples.push_back({"Sum of one", [=] { return unary("Sum", image); }});
  samples.push_back({"Sub from constant", [=] { return with_left("Sub", floats({2}), {3, 2}); }});
  samples.push_back({"Div", [=] { return live_pair("Div", image, gate); }, 0.5F, 2.0F});
  samples.push_back(
      {"Div by constant", [=] { return with_right("Div", image, floats({1}, 3, 1.0F, 2.0F)); }});
  samples.push_back(
      {"Div of constant", [=] { return with_left("Div", floats({2, 2}), image); }, 0.5F, 2.0F});
  samples.push_back({"Pow", [=] { return live_pair("Pow", image, gate); }, 0.5F, 2.0F});
  samples.push_back(
      {"Pow square", [=] { return with_right("Pow", image, Constant::from_floats({}, {2.0F})); }});
  samples.push_back({"PRelu", [=] { return with_right("PRelu", image, floats({3, 1, 1})); }});
}

void add_routes(std::vector<OpSample>& samples) {
  const Shape image = {2, 4, 3, 2};
  for (const char* type : {"Identity", "Flatten", "Transpose"}) {
    samples.push_back({type, [=] { return unary(type, image); }});
  }
  samples.push_back({"Dropout", [=] { return unary("Dropout", image); }});
  samples.push_back({"Cast", [=] {
                       NodeFixture node = unary("Cast", image);
                       node.attribute("to", std::int64_t{1});
                       return node;
                     }});
  samples.push_back({"CastLike", [=] {
                       NodeFixture node = unary("CastLike", image);
                       node.constant(floats({1}));
                       return node;
                     }});
  samples.push_back({"Reshape", [=] { return with_right("Reshape", image, list({0, -1})); }});
  samples.push_back({"Squeeze", [=] { return with_right("Squeeze", {2, 1, 3}, list({1})); }});
  samples.push_back({"Unsqueeze", [=] { return with_right("Unsqueeze", {2, 3}, list({0, -1})); }});
  samples.push_back({"Expand", [=] { return with_right("Expand", {3, 1}, list({2, 1, 4})); }});
  samples.push_back({"Tile", [=] { return with_right("Tile", {2, 3}, list({2, 2})); }});
  samples.push_back({"Gather", [=] { return with_right("Gather", {4, 3}, list({2, 0, 2, -1})); }});
  samples.push_back({"Concat", [=] {
                       NodeFixture node = live_pair("Concat", image, {2, 1, 3, 2});
                       node.attribute("axis", std::int64_t{1}).constant(floats({2, 2, 3, 2}));
                       return node;
                     }});
  samples.push_back({"Split", [=] {
                       NodeFixture node = with_right("Split", image, list({1, 3}));
                       node.attribute("axis", std::int64_t{1}).outputs(2);
                       return node;
                     }});
  samples.push_back({"Slice", [=] {
                       NodeFixture node = unary("Slice", image);
                       node.constant(list({3, 0}))
                           .constant(list({0, 3}))
                           .constant(list({1, 2}))
                           .constant(list({-2, 2}));
                       return node;
                     }});
  samples.push_back(
      {"Pad", [=] { return with_right("Pad", image, list({0, 0, 1, -1, 0, 1, 0, 2})); }});
  samples.push_back({"Pad reflect", [=] {
                       NodeFixture node = with_right("Pad", image, list({0, 0, 2, 1, 0, 0, 1, 1}));
                       node.attribute("mode", std::string("reflect"));
                       return node;
                     }});
  for (const char* type : {"DepthToSpace", "SpaceToDepth"}) {
    samples.push_back({type, [=] {
                         NodeFixture node = unary(type, {2, 4, 2, 4});
                         node.attribute("blocksize", std::int64_t{2});
                         return node;
                       }});
  }
}

void add_reductions(std::vector<OpSample>& samples) {
  for (const char* type : {"ReduceMean", "ReduceSum", "ReduceMax"}) {
    const std::string name = type;
    samples.push_back({name, [=] {
                         NodeFixture node = unary(name, {2, 3, 2, 3}, 12);
                         node.attribute("axes", Integers{2, 3});
                         return node;
                       }});
    samples.push_back({name + " of channels", [=] {
                         NodeFixture node = unary(name, {2, 3, 2, 3}, 12);
                         node.attribute("axes", Integers{1}).attribute("keepdims", std::int64_t{0});
                         return node;
                       }});
  }
  samples.push_back(pointwise("GlobalMaxPool"));
  samples.push_back(pointwise("GlobalAveragePool"));
  samples.push_back(pointwise("Softmax"));
  samples.push_back(pointwise("LogSoftmax"));
  samples.push_back({"Softmax of channels", [] {
                       NodeFixture node = unary("Softmax");
                       node.attribute("axis", std::int64_t{1});
                       return node;
                     }});
  samples.push_back({"BatchNormalization", [] { return batch_normalization({2, 3, 2, 3}); }});
  samples.push_back({"LayerNormalization", [] {
                       NodeFixture node = with_right("LayerNormalization", {2, 3, 5}, floats({5}));
                       node.constant(floats({5}, 5));
                       return node;
                     }});
  samples.push_back(
      {"RMSNormalization", [] { return with_right("RMSNormalization", {2, 3, 5}, floats({5})); }});
  samples.push_back(
      {"BatchNormalization of rank 3", [] { return batch_normalization({2, 3, 4}); }});
}

/// Steps so small that the laws' differences are whole numbers of them.
NodeFixture quantized(const std::string& type) {
  NodeFixture node(type);
  node.live({2, 3, 2, 3})
      .constant(Constant::from_floats({}, {4e-3F / 128.0F}))
      .constant(Constant(DType::Int16, {}, kZeroBytes, nullptr));
  return node;
}

void add_quantization(std::vector<OpSample>& samples) {
  samples.push_back({"QuantizeLinear", [] { return quantized("QuantizeLinear"); }});
  samples.push_back({"FakeQuantize", [] { return quantized("relcam.FakeQuantize"); }});
  samples.push_back({"DequantizeLinear per channel", [] {
                       return with_right("DequantizeLinear", {2, 3, 2, 3},
                                         Constant::from_floats({3}, {0.5F, 2.0F, 1.0F}));
                     }});
}

NodeFixture resized(const std::string& mode) {
  NodeFixture node("Resize", 13);
  node.live({1, 2, 4, 5})
      .omitted()
      .constant(Constant::from_floats({4}, {1.0F, 1.0F, 1.5F, 0.6F}))
      .attribute("mode", mode);
  return node;
}

void add_resizing(std::vector<OpSample>& samples) {
  for (const std::string mode : {"nearest", "linear", "cubic"}) {
    samples.push_back({"Resize " + mode, [mode] { return resized(mode); }});
  }
  samples.push_back({"Upsample", [] {
                       NodeFixture node("Upsample", 9);
                       node.live({1, 2, 2, 3}).constant(Constant::from_floats({4}, {1, 1, 2, 3}));
                       return node;
                     }});
  samples.push_back({"LRN", [] {
                       NodeFixture node = unary("LRN", {2, 5, 2, 2});
                       node.attribute("size", std::int64_t{4}).attribute("alpha", 2.0F);
                       return node;
                     }});
}

void add_linear(std::vector<OpSample>& samples) {
  samples.push_back({"Conv", [] {
                       NodeFixture node = with_right("Conv", {1, 3, 4, 5}, floats({4, 3, 3, 3}));
                       node.constant(floats({4}, 5)).attribute("pads", Integers{1, 1, 1, 1});
                       return node;
                     }});
  samples.push_back({"Conv strided in groups", [] {
                       NodeFixture node = with_right("Conv", {2, 4, 5, 5}, floats({4, 2, 3, 3}));
                       node.attribute("group", std::int64_t{2})
                           .attribute("strides", Integers{2, 2})
                           .attribute("pads", Integers{0, 0, 1, 1});
                       return node;
                     }});
  samples.push_back(
      {"Conv depthwise", [] {
         NodeFixture node = with_right("Conv", {1, 5, 5, 4}, floats({5, 1, 3, 3}));
         node.attribute("group", std::int64_t{5}).attribute("pads", Integers{1, 1, 1, 1});
         return node;
       }});
  samples.push_back({"Gemm", [] {
                       NodeFixture node = with_right("Gemm", {2, 6}, floats({5, 6}));
                       node.constant(floats({5}, 5)).attribute("transB", std::int64_t{1});
                       return node;
                     }});
  samples.push_back({"MatMul", [] { return with_right("MatMul", {2, 3, 4}, floats({4, 5})); }});
  samples.push_back(
      {"MatMul of live batches", [] { return live_pair("MatMul", {2, 1, 5, 4}, {3, 4, 9}); }});
  samples.push_back(
      {"MatMul from the left", [] { return with_left("MatMul", floats({3, 4}), {2, 4, 3}); }});
  for (const char* type : {"MaxPool", "AveragePool"}) {
    samples.push_back({type, [=] {
                         NodeFixture node = unary(type, {1, 3, 5, 4});
                         node.attribute("kernel_shape", Integers{3, 2})
                             .attribute("strides", Integers{2, 1})
                             .attribute("pads", Integers{1, 0, 1, 1});
                         return node;
                       }});
  }
}

}  // namespace

const std::vector<OpSample>& op_samples() {
  static const std::vector<OpSample> samples = [] {
    std::vector<OpSample> result;
    add_activations(result);
    add_broadcasts(result);
    add_conditions(result);
    add_routes(result);
    add_reductions(result);
    add_quantization(result);
    add_resizing(result);
    add_linear(result);
    return result;
  }();
  return samples;
}

std::vector<std::vector<float>> sample_inputs(const OpSample& sample, const NodeFixture& node,
                                              std::uint32_t seed) {
  std::mt19937 generator(seed);
  std::size_t total = 0;
  const NodeView view = node.view();
  for (const std::size_t i : view.live_inputs()) total += element_count(view.input_shape(i));
  std::vector<float> values(total);
  const float step = (sample.high - sample.low) / static_cast<float>(total);
  for (std::size_t i = 0; i < total; ++i) {
    values[i] = sample.low + step * (static_cast<float>(i) + 0.5F);
  }
  // Fisher-Yates by hand: std::shuffle differs between standard libraries.
  for (std::size_t i = total; i > 1; --i) std::swap(values[i - 1], values[generator() % i]);
  std::vector<std::vector<float>> inputs;
  auto next = values.begin();
  for (const std::size_t i : view.live_inputs()) {
    const auto end = next + static_cast<std::ptrdiff_t>(element_count(view.input_shape(i)));
    inputs.emplace_back(next, end);
    next = end;
  }
  return inputs;
}

std::string test_name(const ::testing::TestParamInfo<OpSample>& info) {
  std::string name = info.param.name;
  std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

std::vector<std::vector<float>> random_like(const std::vector<std::vector<float>>& tensors,
                                            std::uint32_t seed) {
  std::vector<std::vector<float>> result;
  for (const auto& tensor : tensors) result.push_back(random_floats(tensor.size(), seed++));
  return result;
}

double inner_product(const std::vector<std::vector<float>>& a,
                     const std::vector<std::vector<float>>& b) {
  double total = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < a[i].size(); ++j) {
      total += static_cast<double>(a[i][j]) * static_cast<double>(b[i][j]);
    }
  }
  return total;
}

}  // namespace relcam::testing
