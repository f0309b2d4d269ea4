#include <array>

#include "base/error.h"
#include "kernels/index_map.h"
#include "ops/checks.h"
#include "ops/roster.h"

namespace relcam {
namespace {

Kind kind(const NodeView&) { return Kind::Blind; }

std::vector<std::size_t> positions_of(const NodeView& view) {
  const std::vector<float> data = required_constant(view, 0, "X").floats();
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data[i] != 0.0F) positions.push_back(i);
  }
  return positions;
}

/// The result's shape depends on the data.
std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 1, 1);
  const auto rank = static_cast<std::int64_t>(view.input_shape(0).size());
  return one_output(view, {rank, static_cast<std::int64_t>(positions_of(view).size())},
                    DType::Int64);
}

/// Row i holds the indices along axis i.
std::vector<Constant> fold(const NodeView& view) {
  const Shape& shape = view.input_shape(0);
  const std::vector<std::int64_t> strides = row_major_strides(shape);
  const std::vector<std::size_t> positions = positions_of(view);
  std::vector<std::int64_t> indices;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    for (const std::size_t position : positions) {
      indices.push_back(static_cast<std::int64_t>(position) / strides[axis] % shape[axis]);
    }
  }
  return {Constant::from_ints(infer(view).front().shape, std::move(indices))};
}

}  // namespace

std::span<const Op> non_zero_ops() {
  static const std::array ops = {Op{.type = "NonZero", .kind = kind, .infer = infer, .fold = fold}};
  return ops;
}

}  // namespace relcam
