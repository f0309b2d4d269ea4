#include "kernels/reduce.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <ranges>
#include <utility>

#include "base/error.h"
#include "kernels/elementwise.h"
#include "kernels/weight_map.h"
#include "ops/checks.h"
#include "ops/decomposition.h"
#include "ops/fold.h"
#include "ops/linear_operation.h"
#include "ops/roster.h"
#include "ops/routing.h"

namespace relcam {
namespace {

/// ReduceMean, ReduceSum, ReduceMax, ReduceMin and ReduceProd.

/// ReduceSum takes its axes as an input since opset 13, the others since 18.
std::int64_t opset_of_axes_input(const NodeView& view) {
  return view.node.op_type == "ReduceSum" ? 13 : 18;
}

bool axes_are_input(const NodeView& view) { return view.graph.opset >= opset_of_axes_input(view); }

std::vector<std::int64_t> listed_axes(const NodeView& view) {
  return attribute_or_input(view, "axes", opset_of_axes_input(view), 1, {});
}

std::vector<std::size_t> reduced_axes(const NodeView& view) {
  const std::size_t rank = view.input_shape(0).size();
  std::vector<std::size_t> axes = checked_axes(view, listed_axes(view), rank);
  if (!axes.empty() || view.node.integer("noop_with_empty_axes", 0) != 0) return axes;
  axes.resize(rank);
  std::iota(axes.begin(), axes.end(), 0);
  return axes;
}

/// The input's shape with reduced axes of extent 1.
Shape kept_shape(const NodeView& view) {
  Shape shape = view.input_shape(0);
  for (const std::size_t axis : reduced_axes(view)) shape[axis] = 1;
  return shape;
}

bool keeps_dimensions(const NodeView& view) { return view.node.integer("keepdims", 1) != 0; }

std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 1, axes_are_input(view) ? 2 : 1);
  const Shape& input = view.input_shape(0);
  if (checked_count(view, input) == 0) refuse(view, "it reduces an empty tensor");
  Shape output = kept_shape(view);
  if (!keeps_dimensions(view)) {
    const std::vector<std::size_t> axes = reduced_axes(view);
    for (const std::size_t axis : std::views::reverse(axes)) {
      output.erase(output.begin() + static_cast<std::ptrdiff_t>(axis));
    }
  }
  return one_output(view, std::move(output), view.input(0).dtype);
}

/// Without keepdims the remaining axes must stand in the same order in both layouts, which channels
/// and one image axis do not.
bool follows(const NodeView& view) {
  if (keeps_dimensions(view)) return true;
  const std::vector<std::size_t> axes = reduced_axes(view);
  const auto reduced = [&](std::size_t axis) { return std::ranges::binary_search(axes, axis); };
  return reduced(1) || (reduced(2) && reduced(3));
}

void permute_axes(Graph& graph, Node& node) {
  const NodeView view{graph, node};
  std::vector<std::int64_t> axes = listed_axes(view);
  if (axes.empty()) return;
  for (std::int64_t& axis : axes) axis = channels_last_axis(view, axis);
  if (axes_are_input(view)) {
    replace_constant_input(graph, node, 1, std::move(axes));
  } else {
    node.attributes.insert_or_assign("axes", std::move(axes));
  }
}

BroadcastWalk walk_of(const NodeView& view) {
  return {view.input_shape(0), std::array{kept_shape(view)}};
}

/// Elements of each group combined from first to last.
template <typename T>
std::vector<Constant> fold_elements(const NodeView& view, const Elements<T>& data,
                                    ElementFunction function) {
  Elements<T> result{infer(view).front().shape, {}};
  const BroadcastWalk walk = walk_of(view);
  result.values.resize(element_count(result.shape));
  std::vector<char> begun(result.values.size(), 0);
  walk.visit(0, walk.size(),
             [&](std::size_t at, const BroadcastWalk::Offsets& offsets, std::size_t count) {
               for (std::size_t i = 0; i < count; ++i) {
                 const std::size_t group = offsets[0] + (walk.steps(0) ? i : 0);
                 T& total = result.values[group];
                 total =
                     begun[group] != 0 ? function(total, data.values[at + i]) : data.values[at + i];
                 begun[group] = 1;
               }
             });
  return {to_constant(std::move(result))};
}

std::vector<Constant> fold_reduced(const NodeView& view, ElementFunction function) {
  const Constant& data = *view.constant(0);
  return is_floating(data.dtype()) ? fold_elements(view, floats_of(data), function)
                                   : fold_elements(view, integers_of(data), function);
}

template <typename Function>
std::vector<Constant> fold(const NodeView& view) {
  return fold_reduced(view, Function{});
}

float group_size(const NodeView& view) {
  const std::size_t elements = checked_count(view, view.input_shape(0));
  const std::size_t groups = checked_count(view, kept_shape(view));
  const std::size_t size = elements / groups;
  return static_cast<float>(size);
}

std::vector<Constant> fold_mean(const NodeView& view) {
  Elements<float> mean = floats_of(fold<AddElements>(view).front());
  for (float& value : mean.values) value /= group_size(view);
  return {to_constant(std::move(mean))};
}

/// y = weight * (x summed over the reduced axes).
class SumMap : public LinearMap {
 public:
  SumMap(const NodeView& view, float weight, const ThreadPool& pool)
      : reduced_(walk_of(view)),
        accumulated_(view.input_shape(0), std::array{kept_shape(view), view.input_shape(0)}),
        weight_(weight),
        pool_(pool) {}

  void apply(WeightPart part, std::span<const float> x, std::span<float> z, Write write) override {
    const float weight = mapped_weight(part, weight_);
    if (write == Write::Assign) return sum_stretched(reduced_, x, weight, z, pool_);
    std::vector<float> sum(z.size());
    sum_stretched(reduced_, x, weight, sum, pool_);
    accumulate(sum, z);
  }

  void adjoint(WeightPart part, std::span<const float> s, std::span<float> r, std::size_t count,
               Write write) override {
    const float weight = mapped_weight(part, weight_);
    const std::size_t from = s.size() / count;
    const std::size_t to = r.size() / count;
    for (std::size_t i = 0; i < count; ++i) {
      const auto one_s = s.subspan(i * from, from);
      const auto one_r = r.subspan(i * to, to);
      if (write == Write::Assign) {
        stretch(reduced_, one_s, weight, one_r, pool_);
      } else {
        weighted_sum(accumulated_, one_s, weight, one_r, 1.0F, one_r, {}, pool_);
      }
    }
  }

  std::span<const float> bias() const override { return {}; }
  bool has_negative_weights() const override { return false; }

 private:
  BroadcastWalk reduced_;
  BroadcastWalk accumulated_;
  float weight_;
  const ThreadPool& pool_;
};

std::unique_ptr<Operation> prepare_sum(const NodeView& view, const ThreadPool& pool) {
  return std::make_unique<LinearOperation>(std::make_unique<SumMap>(view, 1.0F, pool));
}

std::unique_ptr<Operation> prepare_mean(const NodeView& view, const ThreadPool& pool) {
  return std::make_unique<LinearOperation>(
      std::make_unique<SumMap>(view, 1.0F / group_size(view), pool));
}

class MaxOperation : public Operation {
 public:
  explicit MaxOperation(const NodeView& view) : walk_(walk_of(view)) {}

  void forward(ConstBuffers inputs, Buffers outputs, Clamp) override {
    reduce_max(walk_, inputs[0], outputs[0]);
  }

  void vjp(const VjpArguments& arguments) override {
    if (arguments.input_gradients[0].empty()) return;
    reduce_max_gradient(walk_, arguments.inputs[0], arguments.outputs[0],
                        arguments.output_gradients[0], arguments.input_gradients[0]);
  }

  void jvp(const JvpArguments& arguments) override {
    reduce_max_tangent(walk_, arguments.inputs[0], arguments.outputs[0],
                       arguments.input_tangents[0], arguments.output_tangents[0]);
  }

 private:
  BroadcastWalk walk_;
};

std::unique_ptr<Operation> prepare_max(const NodeView& view, const ThreadPool&) {
  return std::make_unique<MaxOperation>(view);
}

/// The smallest is what is largest of the opposites.
bool decompose_min(Decomposition& to) {
  const NodeView& view = to.original();
  infer(view);
  const ValueId negative = to.add("Neg", {to.input(0)});
  std::vector<std::int64_t> axes;
  for (const std::size_t axis : reduced_axes(view)) axes.push_back(static_cast<std::int64_t>(axis));
  if (axes.empty()) {
    to.finish("Identity", {to.input(0)});
  } else {
    to.finish("Neg", {to.reduced("ReduceMax", negative, axes, keeps_dimensions(view))});
  }
  return true;
}

Kind pool_kind(const NodeView&) { return Kind::Pool; }
Kind winner_kind(const NodeView&) { return Kind::Winner; }
Kind blind_kind(const NodeView&) { return Kind::Blind; }

}  // namespace

std::span<const Op> reduce_ops() {
  static const std::array ops = {
      Op{.type = "ReduceMean",
         .kind = pool_kind,
         .layout = LayoutPolicy::Follow,
         .follows = follows,
         .infer = infer,
         .permute_axes = permute_axes,
         .fold = fold_mean,
         .prepare = prepare_mean,
         .non_negative = route_is_non_negative},
      Op{.type = "ReduceSum",
         .kind = pool_kind,
         .layout = LayoutPolicy::Follow,
         .follows = follows,
         .infer = infer,
         .permute_axes = permute_axes,
         .fold = fold<AddElements>,
         .prepare = prepare_sum,
         .non_negative = route_is_non_negative},
      Op{.type = "ReduceMax",
         .kind = winner_kind,
         .layout = LayoutPolicy::Follow,
         .follows = follows,
         .infer = infer,
         .permute_axes = permute_axes,
         .fold = fold<LargerElement>,
         .prepare = prepare_max,
         .vjp_reads = {.inputs = true, .outputs = true},
         .non_negative = route_is_non_negative},
      Op{.type = "ReduceMin",
         .kind = blind_kind,
         .infer = infer,
         .fold = fold<SmallerElement>,
         .decompose = decompose_min},
      Op{.type = "ReduceProd", .kind = blind_kind, .infer = infer, .fold = fold<MultiplyElements>},
  };
  return ops;
}

}  // namespace relcam
