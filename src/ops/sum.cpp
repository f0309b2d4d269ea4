#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "kernels/elementwise.h"
#include "ops/broadcasting.h"
#include "ops/checks.h"
#include "ops/fold.h"
#include "ops/operands.h"
#include "ops/roster.h"

namespace relcam {
namespace {

/// Add, Sub, Sum and Mean: y = sum_i weight_i x_i, broadcast.
std::vector<float> weights_of(const NodeView& view) {
  std::vector<float> weights(view.input_count(), 1.0F);
  if (view.node.op_type == "Sub") weights[1] = -1.0F;
  if (view.node.op_type == "Mean") {
    std::ranges::fill(weights, 1.0F / static_cast<float>(weights.size()));
  }
  return weights;
}

Kind kind(const NodeView& view) { return view.live_inputs().size() > 1 ? Kind::Sum : Kind::Affine; }

std::vector<InferredValue> infer_binary(const NodeView& view) {
  expect_inputs(view, 2, 2);
  return infer_broadcast(view);
}

std::vector<InferredValue> infer_mean(const NodeView& view) {
  expect_inputs(view, 1, view.input_count());
  expect_floating(view, 0);
  return infer_broadcast(view);
}

std::vector<Constant> fold_add(const NodeView& view) { return fold_combined(view, AddElements{}); }

std::vector<Constant> fold_sub(const NodeView& view) {
  return fold_combined(view, SubtractElements{});
}

std::vector<Constant> fold_mean(const NodeView& view) {
  Elements<float> mean = floats_of(fold_add(view).front());
  for (float& value : mean.values) value /= static_cast<float>(view.input_count());
  return {to_constant(std::move(mean))};
}

class SumOperation : public Operation {
 public:
  SumOperation(const NodeView& view, const ThreadPool& pool)
      : weights_(weights_of(view)), signs_(weights_), operands_(view), pool_(pool) {
    const Shape& result = view.output_shape(0);
    for (std::size_t i = 0; i < view.input_count(); ++i) {
      if (view.constant(i) != nullptr) signs_[i] = 0.0F;
      const std::array stretched = {view.input_shape(i)};
      stretches_.emplace_back(result, stretched);
    }
    add_zero_to_single_operand();
    for (std::size_t i = 1; i < operands_.size(); ++i) {
      const Shape right = i < view.input_count() ? view.input_shape(i) : Shape{};
      const std::array operands = {i == 1 ? view.input_shape(0) : result, right};
      steps_.emplace_back(result, operands);
    }
  }

  void forward(ConstBuffers inputs, Buffers outputs, Clamp clamp) override {
    const std::span<float> y = outputs[0];
    std::span<const float> sum = operands_.get(inputs, 0);
    float weight = weights_[0];
    for (std::size_t i = 1; i < operands_.size(); ++i) {
      const bool last = i + 1 == operands_.size();
      const Bounds bounds = last ? Bounds{clamp.low, clamp.high} : Bounds{};
      weighted_sum(steps_[i - 1], sum, weight, operands_.get(inputs, i), weights_[i], y, bounds,
                   pool_);
      sum = y;
      weight = 1.0F;
    }
  }

  void vjp(const VjpArguments& arguments) override {
    for (std::size_t i = 0; i < stretches_.size(); ++i) {
      if (arguments.input_gradients[i].empty()) continue;
      sum_stretched(stretches_[i], arguments.output_gradients[0], weights_[i],
                    arguments.input_gradients[i], pool_);
    }
  }

  std::span<const float> signs() const override { return signs_; }

 private:
  /// So that a Sum of one value is a sum of two like all others.
  void add_zero_to_single_operand() {
    if (operands_.size() > 1) return;
    operands_.append(0.0F);
    weights_.push_back(1.0F);
  }

  std::vector<float> weights_;
  std::vector<float> signs_;
  Operands operands_;
  std::vector<BroadcastWalk> stretches_;
  std::vector<BroadcastWalk> steps_;
  const ThreadPool& pool_;
};

std::unique_ptr<Operation> prepare(const NodeView& view, const ThreadPool& pool) {
  return std::make_unique<SumOperation>(view, pool);
}

/// x - c stays non-negative for c <= 0 only, which no model has: Sub promises nothing.
constexpr Op op_of(std::string_view type, std::vector<InferredValue> (*infer)(const NodeView&),
                   std::vector<Constant> (*fold)(const NodeView&),
                   bool (*non_negative)(const NodeView&, std::span<const bool>)) {
  return {.type = type,
          .kind = kind,
          .layout = LayoutPolicy::Follow,
          .follows = broadcast_follows,
          .infer = infer,
          .fold = fold,
          .prepare = prepare,
          .clamps = true,
          .non_negative = non_negative};
}

}  // namespace

std::span<const Op> sum_ops() {
  static constexpr std::array ops = {
      op_of("Add", infer_binary, fold_add, operands_are_non_negative),
      op_of("Sub", infer_binary, fold_sub, nullptr),
      op_of("Sum", infer_broadcast, fold_add, operands_are_non_negative),
      op_of("Mean", infer_mean, fold_mean, operands_are_non_negative),
  };
  return ops;
}

}  // namespace relcam
