#include "kernels/convolution.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "base/short_step.h"
#include "kernels/batched_winograd.h"
#include "kernels/convolution_operands.h"
#include "kernels/product.h"
#include "kernels/stacked_product.h"
#include "kernels/winograd.h"
#include "kernels/xnn_convolution.h"

namespace relcam {
namespace {

/// The geometry of r = W^T s for stride 1: a convolution again, with the kernel turned round.
std::optional<ConvolutionShape> adjoint_shape(const ConvolutionShape& shape) {
  const Window2d& window = shape.window;
  if (window.stride.area() != 1 || window.pads.top >= window.kernel.height ||
      window.pads.left >= window.kernel.width) {
    return {};
  }
  ConvolutionShape turned = shape;
  std::swap(turned.input, turned.output);
  std::swap(turned.group_inputs, turned.group_outputs);
  turned.window.pads.top = window.kernel.height - 1 - window.pads.top;
  turned.window.pads.left = window.kernel.width - 1 - window.pads.left;
  return turned;
}

/// Multiplications of the plain sums: more than 32 bits hold.
std::uint64_t products(const ConvolutionShape& shape) {
  return std::uint64_t{shape.output_size()} * shape.window.kernel.area() * shape.group_inputs;
}

WeightShape weight_shape(const ConvolutionShape& shape) {
  return {shape.groups, shape.group_inputs, shape.group_outputs, shape.window.kernel.area()};
}

}  // namespace

Convolution::Convolution(const ConvolutionShape& shape, const WeightSource& weights,
                         const ThreadPool& pool)
    : shape_(shape),
      pool_(pool),
      panels_(weight_shape(shape), weights, xnnpack_panel_width()),
      bias_(weights.bias.begin(), weights.bias.end()),
      zeros_(std::max(shape.input_channels(), shape.output_channels())),
      forward_(std::make_unique<XnnConvolution>(shape, panels_.packed())) {
  if (WinogradConvolution::suits(shape)) {
    winograd_ = std::make_unique<WinogradConvolution>(shape, panels_);
  }
}

Convolution::~Convolution() = default;

void Convolution::forward(std::span<const float> x, std::span<float> y, std::size_t count,
                          float low, float high) {
  if (winograd_) {
    winograd_->run(x, bias_, y, count, low, high, pool_);
    return;
  }
  if (count > 1 && BatchedWinograd::suits(shape_, count)) {
    const ApplyOperands kernels(shape_, panels_, {}, x.data(), y.data(), zeros_.data());
    return BatchedWinograd(shape_, kernels).run(x, bias_, y, count, low, high, pool_);
  }
  forward_->run(x, y, count, low, high, pool_);
}

std::size_t Convolution::pieces() const {
  return static_cast<std::size_t>(products(shape_) / kStepProducts) + 1;
}

std::size_t Convolution::most_stacked() const {
  const auto turned = adjoint_shape(shape_);
  const std::uint64_t most =
      turned && BatchedWinograd::suits(*turned, 2) ? 2 * kStepProducts : kStepProducts;
  return static_cast<std::size_t>(
      std::max<std::uint64_t>(most / std::max<std::uint64_t>(products(shape_), 1), 1));
}

void Convolution::apply(WeightPart part, std::span<const float> x, std::span<float> z,
                        Write write) {
  apply_piece(part, x, z, write, {});
}

void Convolution::apply_piece(WeightPart part, std::span<const float> x, std::span<float> z,
                              Write write, Piece piece) {
  const ApplyOperands operands(shape_, panels_, part, x.data(), z.data(), zeros_.data());
  multiply(operands.product(), operands, write, pool_, piece);
}

void Convolution::adjoint(WeightPart part, std::span<const float> s, std::span<float> r,
                          std::size_t count, Write write) {
  adjoint_of(part, s, r, count, write, {});
}

void Convolution::adjoint_piece(WeightPart part, std::span<const float> s, std::span<float> r,
                                Write write, Piece piece) {
  adjoint_of(part, s, r, 1, write, piece);
}

void Convolution::adjoint_of(WeightPart part, std::span<const float> s, std::span<float> r,
                             std::size_t count, Write write, Piece piece) const {
  const auto rows = row_classes(shape_);
  const auto columns = column_classes(shape_);
  const auto operands = [&](const AxisClass& row_class, const AxisClass& column_class) {
    return AdjointOperands(shape_, panels_, part, row_class, column_class, s.data(), r.data(),
                           zeros_.data());
  };
  const auto turned = adjoint_shape(shape_);
  if (turned && write == Write::Assign && (count > 1 || pieces() > 1) &&
      BatchedWinograd::suits(*turned, count)) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    return BatchedWinograd(*turned, operands(rows.front(), columns.front()))
        .run(s, {}, r, count, -kInfinity, kInfinity, pool_, piece);
  }
  for (const AxisClass& row_class : rows) {
    for (const AxisClass& column_class : columns) {
      adjoint_class(operands(row_class, column_class), count, write, piece);
    }
  }
}

void Convolution::adjoint_class(const AdjointOperands& operands, std::size_t count, Write write,
                                Piece piece) const {
  const std::size_t images = count * shape_.batch;
  const ProductShape product = operands.product(images);
  if (product.taps == 0) {
    if (write == Write::Assign && piece.index == 0) operands.clear(images);
  } else if (shape_.groups == 1 && count >= kFewestStacked) {
    const Stack stack{.count = count,
                      .a_stride = shape_.output_size(),
                      .c_stride = shape_.input_size(),
                      .absent = zeros_.data()};
    stacked_multiply(operands.product(shape_.batch), operands, stack, write, pool_);
  } else {
    multiply(product, operands, write, pool_, piece);
  }
}

}  // namespace relcam
