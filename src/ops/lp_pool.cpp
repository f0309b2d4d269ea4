#include <array>
#include <limits>

#include "ops/checks.h"
#include "ops/decomposition.h"
#include "ops/pool_shape.h"
#include "ops/roster.h"

namespace relcam {
namespace {

/// LpPool and GlobalLpPool: (sum over the window of |x|^p)^(1/p), by way of a mean.

/// Attributes that an average pool shares.
constexpr std::array<std::string_view, 6> kShared = {"kernel_shape", "strides",  "pads",
                                                     "dilations",    "auto_pad", "ceil_mode"};

/// The root's slope is infinite at 0, where the gradient is 0 by the bound.
void finish(Decomposition& to, std::string_view pool, Decomposition::Attributes attributes,
            float window) {
  const auto p = static_cast<float>(to.original().node.integer("p", 2));
  const ValueId powers = to.add("Pow", {to.add("Abs", {to.input(0)}), to.number(p)});
  const ValueId means = to.add(pool, {powers}, std::move(attributes));
  const ValueId sums = to.add("Mul", {means, to.number(window)});
  const ValueId bounded = to.clipped_from_below(sums, std::numeric_limits<float>::min());
  to.finish("Pow", {bounded, to.number(1.0F / p)});
}

void check(const NodeView& view) {
  expect_inputs(view, 1, 1);
  expect_outputs(view, 1);
  if (view.node.integer("p", 2) < 1) refuse(view, "its p should be at least 1");
}

bool decompose_lp_pool(Decomposition& to) {
  const NodeView& view = to.original();
  check(view);
  float window = 1.0F;
  for (const std::int64_t extent : view.node.integers("kernel_shape", {})) {
    window *= static_cast<float>(extent);
  }
  Decomposition::Attributes attributes = {{"count_include_pad", std::int64_t{1}}};
  for (const std::string_view name : kShared) {
    const auto found = view.node.attributes.find(name);
    if (found != view.node.attributes.end()) attributes.insert(*found);
  }
  finish(to, "AveragePool", std::move(attributes), window);
  return true;
}

bool decompose_global(Decomposition& to) {
  const NodeView& view = to.original();
  check(view);
  const Shape& x = view.input_shape(0);
  const std::size_t elements = checked_count(view, x);
  if (x.size() < 2 || elements == 0) refuse(view, "its input " + to_string(x) + " is no image");
  const std::size_t window = elements / static_cast<std::size_t>(x[0] * x[1]);
  finish(to, "GlobalAveragePool", {}, static_cast<float>(window));
  return true;
}

}  // namespace

std::span<const Op> lp_pool_ops() {
  static const std::array ops = {
      Op{.type = "LpPool", .decompose = decompose_lp_pool},
      Op{.type = "GlobalLpPool", .decompose = decompose_global},
  };
  return ops;
}

}  // namespace relcam
