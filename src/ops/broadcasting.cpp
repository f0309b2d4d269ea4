#include "ops/broadcasting.h"

#include <algorithm>
#include <limits>

#include "ops/checks.h"

namespace relcam {

std::vector<InferredValue> infer_broadcast(const NodeView& view) {
  expect_inputs(view, std::max<std::size_t>(1, view.input_count()),
                std::numeric_limits<std::size_t>::max());
  Shape shape;
  const DType dtype = view.input(0).dtype;
  for (std::size_t i = 0; i < view.input_count(); ++i) {
    if (is_floating(view.input(i).dtype) != is_floating(dtype)) {
      refuse(view, "its inputs mix " + std::string(to_string(dtype)) + " and " +
                       std::string(to_string(view.input(i).dtype)));
    }
    shape = checked_broadcast(view, shape, view.input_shape(i));
  }
  return one_output(view, std::move(shape), dtype);
}

bool broadcast_follows(const NodeView& view) {
  return std::ranges::all_of(view.live_inputs(), [&](std::size_t i) {
    return view.input_shape(i).empty() || view.input_shape(i).size() == 4;
  });
}

bool constant_is_non_negative(const NodeView& view, std::size_t input) {
  return std::ranges::all_of(view.constant(input)->floats(),
                             [](float value) { return value >= 0.0F; });
}

bool operands_are_non_negative(const NodeView& view, std::span<const bool> live) {
  return operands_are_non_negative(view, live, 0);
}

bool operands_are_non_negative(const NodeView& view, std::span<const bool> live,
                               std::size_t first) {
  std::size_t next_live = 0;
  for (std::size_t i = 0; i < view.input_count(); ++i) {
    const bool holds =
        view.constant(i) == nullptr ? live[next_live++] : constant_is_non_negative(view, i);
    if (i >= first && !holds) return false;
  }
  return true;
}

}  // namespace relcam
