#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "kernels/channel_affine.h"
#include "kernels/weight_map.h"
#include "ops/checks.h"
#include "ops/linear_operation.h"
#include "ops/roster.h"

namespace relcam {
namespace {

constexpr std::array<std::string_view, 4> kParameters = {"scale", "B", "mean", "var"};

Kind kind(const NodeView&) { return Kind::Normalization; }

std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 5, 5);
  expect_floating(view, 0);
  expect_outputs(view, 5);
  for (const ValueId output : std::span(view.node.outputs).subspan(1)) {
    if (output != kNoValue) {
      refuse_unsupported(view, "it gives training statistics; export the model in evaluation mode");
    }
  }
  if (view.node.integer("training_mode", 0) != 0) {
    refuse_unsupported(view, "it is in training mode; export the model in evaluation mode");
  }
  if (view.graph.opset < 9 && view.node.integer("spatial", 1) == 0) {
    refuse_unsupported(view, "statistics per position (spatial = 0) are not supported");
  }
  view.node.number("epsilon", 1e-5F);
  const Shape& shape = view.input_shape(0);
  if (shape.size() < 2) refuse(view, "its input " + to_string(shape) + " has no channel axis");
  for (std::size_t i = 0; i < kParameters.size(); ++i) {
    const Constant& parameter = required_constant(view, i + 1, kParameters[i]);
    if (parameter.shape() != Shape{shape[1]}) {
      refuse(view, "its '" + std::string(kParameters[i]) + "' has shape " +
                       to_string(parameter.shape()) + " but its input has " +
                       std::to_string(shape[1]) + " channels");
    }
  }
  checked_count(view, shape);
  return {{shape, view.input(0).dtype}};
}

/// y = scale * x + shift, per channel.
struct Affine {
  std::vector<float> scale;
  std::vector<float> shift;
};

Affine affine_of(const NodeView& view) {
  const float epsilon = view.node.number("epsilon", 1e-5F);
  Affine affine{view.constant(1)->floats(), view.constant(2)->floats()};
  const std::vector<float> mean = view.constant(3)->floats();
  const std::vector<float> variance = view.constant(4)->floats();
  for (std::size_t c = 0; c < mean.size(); ++c) {
    affine.scale[c] /= std::sqrt(variance[c] + epsilon);
    affine.shift[c] -= mean[c] * affine.scale[c];
  }
  return affine;
}

ChannelView channels_of(const NodeView& view) {
  const Shape& shape = view.input_shape(0);
  const std::size_t axis = view.input(0).layout == Layout::ChannelsLast ? shape.size() - 1 : 1;
  const auto product = [](auto begin, auto end) {
    return static_cast<std::size_t>(
        std::accumulate(begin, end, std::int64_t{1}, std::multiplies<>{}));
  };
  const auto at = shape.begin() + static_cast<std::ptrdiff_t>(axis);
  return {product(shape.begin(), at), static_cast<std::size_t>(*at), product(at + 1, shape.end())};
}

std::vector<Constant> fold(const NodeView& view) {
  const ThreadPool caller(1);
  const Affine affine = affine_of(view);
  std::vector<float> values = view.constant(0)->floats();
  scale_shift(channels_of(view), values, affine.scale, affine.shift, values, {}, caller);
  return {Constant::from_floats(view.input_shape(0), std::move(values))};
}

/// A diagonal matrix: the channel's scale for each element of x.
class DiagonalMap : public LinearMap {
 public:
  DiagonalMap(ChannelView view, Affine affine, const ThreadPool& pool)
      : view_(view), affine_(std::move(affine)), pool_(pool) {}

  const ChannelView& view() const { return view_; }
  const Affine& affine() const { return affine_; }

  void apply(WeightPart part, std::span<const float> x, std::span<float> z, Write write) override {
    scale_channels(view_, x, mapped(part), z, write, pool_);
  }

  void adjoint(WeightPart part, std::span<const float> s, std::span<float> r, std::size_t count,
               Write write) override {
    ChannelView stacked = view_;
    stacked.outer *= count;
    scale_channels(stacked, s, mapped(part), r, write, pool_);
  }

  std::span<const float> bias() const override { return affine_.shift; }

 private:
  std::vector<float> mapped(WeightPart part) const {
    std::vector<float> scale = affine_.scale;
    for (float& weight : scale) weight = mapped_weight(part, weight);
    return scale;
  }

  ChannelView view_;
  Affine affine_;
  const ThreadPool& pool_;
};

class BatchNormalizationOperation final : public LinearOperation {
 public:
  BatchNormalizationOperation(std::unique_ptr<DiagonalMap> map, const ThreadPool& pool)
      : LinearOperation(std::move(map)),
        map_(static_cast<DiagonalMap&>(*LinearOperation::linear())),
        pool_(pool) {}

  void forward(ConstBuffers inputs, Buffers outputs, Clamp clamp) override {
    const auto& [scale, shift] = map_.affine();
    scale_shift(map_.view(), inputs[0], scale, shift, outputs[0], {clamp.low, clamp.high}, pool_);
  }

  /// A bias per channel can be told to rules only where channels are the last axis.
  LinearMap* linear() override { return map_.view().inner == 1 ? &map_ : nullptr; }

 private:
  DiagonalMap& map_;
  const ThreadPool& pool_;
};

std::unique_ptr<Operation> prepare(const NodeView& view, const ThreadPool& pool) {
  return std::make_unique<BatchNormalizationOperation>(
      std::make_unique<DiagonalMap>(channels_of(view), affine_of(view), pool), pool);
}

}  // namespace

std::span<const Op> batch_normalization_ops() {
  static const std::array ops = {Op{.type = "BatchNormalization",
                                    .kind = kind,
                                    .layout = LayoutPolicy::Spatial,
                                    .infer = infer,
                                    .fold = fold,
                                    .prepare = prepare,
                                    .clamps = true}};
  return ops;
}

}  // namespace relcam
