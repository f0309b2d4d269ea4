#include "kernels/convolution.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "kernels/product.h"
#include "kernels/simd.h"
#include "kernels/stacked_product.h"
#include "kernels/streamed_product.h"
#include "kernels/weight_map.h"
#include "kernels/winograd.h"
#include "kernels/xnn_convolution.h"

namespace relcam {
namespace {

using simd::f32x4;

/// Walks over the pixels of stacked images in row-major order.
class PixelWalk {
 public:
  PixelWalk(Extent2d extent, std::size_t first)
      : extent_(extent),
        x_(first % extent.width),
        y_(first / extent.width % extent.height),
        image_(first / extent.area()) {}

  std::size_t image() const { return image_; }
  std::size_t y() const { return y_; }
  std::size_t x() const { return x_; }

  void next() {
    if (++x_ < extent_.width) return;
    x_ = 0;
    if (++y_ < extent_.height) return;
    y_ = 0;
    ++image_;
  }

 private:
  Extent2d extent_;
  std::size_t x_;
  std::size_t y_;
  std::size_t image_;
};

/// A kernel position as an offset that may be negative.
struct TapOffset {
  std::ptrdiff_t y;
  std::ptrdiff_t x;
  std::size_t tap;
};

/// Pixel `y`, `x` of an image of `extent`, or null when it lies outside.
const float* pixel(const float* images, std::size_t image, Extent2d extent, std::size_t channels,
                   std::ptrdiff_t y, std::ptrdiff_t x) {
  if (y < 0 || x < 0) return nullptr;
  const auto row = static_cast<std::size_t>(y);
  const auto column = static_cast<std::size_t>(x);
  if (row >= extent.height || column >= extent.width) return nullptr;
  return images + ((image * extent.height + row) * extent.width + column) * channels;
}

/// z = part(W) x: rows are output pixels, columns output channels.
class ApplyOperands final : public ProductOperands {
 public:
  ApplyOperands(const ConvolutionShape& shape, const WeightPanels& panels, WeightPart part,
                const float* x, float* z, const float* zeros)
      : shape_(shape), panels_(panels), part_(part), x_(x), z_(z), zeros_(zeros) {
    const Window2d& window = shape.window;
    for (std::size_t tap = 0; tap < window.kernel.area(); ++tap) {
      const std::size_t i = tap / window.kernel.width * window.dilation.height;
      const std::size_t j = tap % window.kernel.width * window.dilation.width;
      taps_.push_back(
          {static_cast<std::ptrdiff_t>(i) - static_cast<std::ptrdiff_t>(window.pads.top),
           static_cast<std::ptrdiff_t>(j) - static_cast<std::ptrdiff_t>(window.pads.left), tap});
    }
  }

  ProductShape product() const {
    return {shape_.batch * shape_.output.area(), taps_.size(), shape_.group_inputs, shape_.groups,
            shape_.group_outputs};
  }

  void locate(std::size_t first, std::size_t count, const float** a, float** c) const override {
    PixelWalk at(shape_.output, first);
    for (std::size_t row = 0; row < count; ++row, at.next()) {
      c[row] = z_ + (first + row) * shape_.output_channels();
      const auto y = static_cast<std::ptrdiff_t>(at.y() * shape_.window.stride.height);
      const auto x = static_cast<std::ptrdiff_t>(at.x() * shape_.window.stride.width);
      for (std::size_t tap = 0; tap < taps_.size(); ++tap) {
        const float* from = pixel(x_, at.image(), shape_.input, shape_.input_channels(),
                                  y + taps_[tap].y, x + taps_[tap].x);
        a[tile_index(row, tap, taps_.size())] = from == nullptr ? zeros_ : from;
      }
    }
  }

  void pack(std::size_t group, std::size_t column, const DepthBlock& block,
            float* to) const override {
    pack_weights(group, column, block, to);
    map_weights(part_, to, block_floats(block), to);
  }

 private:
  void pack_weights(std::size_t group, std::size_t column, const DepthBlock& block,
                    float* to) const {
    const std::size_t width = panels_.width();
    const bool two = column + 4 < shape_.group_outputs;
    const float* low = panels_.lanes(group, column);
    const float* high = two ? panels_.lanes(group, column + 4) : low;
    for (std::size_t tap = block.tap_begin; tap < block.tap_end; ++tap) {
      const std::size_t base = tap * shape_.group_inputs;
      for (std::size_t k = base + block.begin; k < base + block.end; ++k, to += kColumnTile) {
        simd::store(to, simd::load(low + k * width));
        simd::store(to + 4, simd::load(high + k * width));
      }
    }
  }

  const ConvolutionShape& shape_;
  const WeightPanels& panels_;
  WeightPart part_;
  const float* x_;
  float* z_;
  const float* zeros_;
  std::vector<TapOffset> taps_;
};

/// The input rows (or columns) whose index is `residue` modulo the stride, and the kernel rows that
/// reach them: input index residue + stride * i meets kernel row k at output index i + offset.
struct AxisClass {
  struct Reach {
    std::size_t kernel;
    std::ptrdiff_t offset;
  };
  std::size_t residue;
  std::size_t count;
  std::vector<Reach> reaches;
};

std::vector<AxisClass> axis_classes(std::size_t input, std::size_t kernel, std::size_t stride,
                                    std::size_t dilation, std::size_t pad) {
  std::vector<AxisClass> classes;
  for (std::size_t residue = 0; residue < std::min(stride, input); ++residue) {
    AxisClass axis{residue, (input - residue + stride - 1) / stride, {}};
    // From the last kernel row to the first, so that their offsets ascend.
    for (std::size_t k = kernel; k-- > 0;) {
      const auto distance =
          static_cast<std::ptrdiff_t>(residue + pad) - static_cast<std::ptrdiff_t>(k * dilation);
      const auto step = static_cast<std::ptrdiff_t>(stride);
      if (distance % step == 0) axis.reaches.push_back({k, distance / step});
    }
    classes.push_back(std::move(axis));
  }
  return classes;
}

/// r = part(W)^T s on one class of input pixels: rows are those pixels, columns input channels.
class AdjointOperands final : public ProductOperands {
 public:
  AdjointOperands(const ConvolutionShape& shape, const WeightPanels& panels, WeightPart part,
                  const AxisClass& rows, const AxisClass& columns, const float* s, float* r,
                  const float* zeros)
      : shape_(shape),
        panels_(panels),
        part_(part),
        rows_(rows),
        columns_(columns),
        s_(s),
        r_(r),
        zeros_(zeros) {
    for (const AxisClass::Reach& y : rows.reaches) {
      for (const AxisClass::Reach& x : columns.reaches) {
        taps_.push_back({y.offset, x.offset, y.kernel * shape.window.kernel.width + x.kernel});
      }
    }
  }

  ProductShape product(std::size_t images) const {
    return {images * rows_.count * columns_.count, taps_.size(), shape_.group_outputs,
            shape_.groups, shape_.group_inputs};
  }

  void locate(std::size_t first, std::size_t count, const float** a, float** c) const override {
    PixelWalk at({rows_.count, columns_.count}, first);
    for (std::size_t row = 0; row < count; ++row, at.next()) {
      c[row] = target(at);
      const auto y = static_cast<std::ptrdiff_t>(at.y());
      const auto x = static_cast<std::ptrdiff_t>(at.x());
      for (std::size_t tap = 0; tap < taps_.size(); ++tap) {
        const float* from = pixel(s_, at.image(), shape_.output, shape_.output_channels(),
                                  y + taps_[tap].y, x + taps_[tap].x);
        a[tile_index(row, tap, taps_.size())] = from == nullptr ? zeros_ : from;
      }
    }
  }

  void pack(std::size_t group, std::size_t column, const DepthBlock& block,
            float* to) const override {
    pack_weights(group, column, block, to);
    map_weights(part_, to, block_floats(block), to);
  }

  /// Writes zeros: for classes that no kernel position reaches.
  void clear(std::size_t images) const {
    PixelWalk at({rows_.count, columns_.count}, 0);
    for (std::size_t row = 0; row < images * rows_.count * columns_.count; ++row, at.next()) {
      std::fill_n(target(at), shape_.input_channels(), 0.0F);
    }
  }

 private:
  void pack_weights(std::size_t group, std::size_t column, const DepthBlock& block,
                    float* to) const {
    const std::size_t depth = block.end - block.begin;
    const std::size_t inputs = std::min(kColumnTile, shape_.group_inputs - column);
    const std::size_t width = panels_.width();
    for (std::size_t tap = block.tap_begin; tap < block.tap_end; ++tap) {
      const std::size_t first = (taps_[tap].tap * shape_.group_inputs + column) * width;
      for (std::size_t k = 0; k < depth; k += 4) {
        const float* from = panels_.lanes(group, block.begin + k) + first;
        const std::size_t outputs = std::min<std::size_t>(4, depth - k);
        if (inputs == kColumnTile && outputs == 4) {
          pack_square(from, to);
          pack_square(from + 4 * width, to + 4);
        } else {
          pack_edge(from, inputs, outputs, to);
        }
        to += outputs * kColumnTile;
      }
    }
  }

  float* target(const PixelWalk& at) const {
    const std::size_t y = rows_.residue + at.y() * shape_.window.stride.height;
    const std::size_t x = columns_.residue + at.x() * shape_.window.stride.width;
    return r_ + ((at.image() * shape_.input.height + y) * shape_.input.width + x) *
                    shape_.input_channels();
  }

  /// Turns [4 inputs][4 outputs] of the panels into [4 outputs][8 inputs].
  void pack_square(const float* from, float* to) const {
    const std::size_t width = panels_.width();
    f32x4 a = simd::load(from);
    f32x4 b = simd::load(from + width);
    f32x4 c = simd::load(from + 2 * width);
    f32x4 d = simd::load(from + 3 * width);
    simd::transpose(a, b, c, d);
    simd::store(to, a);
    simd::store(to + kColumnTile, b);
    simd::store(to + 2 * kColumnTile, c);
    simd::store(to + 3 * kColumnTile, d);
  }

  /// The same where fewer than 8 inputs or 4 outputs are left; missing inputs are zeros.
  void pack_edge(const float* from, std::size_t inputs, std::size_t outputs, float* to) const {
    std::fill_n(to, outputs * kColumnTile, 0.0F);
    for (std::size_t i = 0; i < inputs; ++i) {
      const f32x4 weights = simd::load(from + i * panels_.width());
      for (std::size_t k = 0; k < outputs; ++k) to[k * kColumnTile + i] = weights[k];
    }
  }

  const ConvolutionShape& shape_;
  const WeightPanels& panels_;
  WeightPart part_;
  const AxisClass& rows_;
  const AxisClass& columns_;
  const float* s_;
  float* r_;
  const float* zeros_;
  std::vector<TapOffset> taps_;
};

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

/// Whether the plain sums of one adjoint would keep a thread busy for more than some 20 ms: too
/// long for whoever waits to cancel.
bool is_heavy(const ConvolutionShape& shape) {
  constexpr std::size_t kMostProducts = std::size_t{1} << 29U;
  return shape.output_size() * shape.window.kernel.area() * shape.group_inputs > kMostProducts;
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

bool Convolution::streams(std::size_t count) const {
  const Window2d& window = shape_.window;
  // With strides of one, images as large on both sides leave no room for padding.
  const bool pointwise = window.kernel.area() == 1 && window.stride.area() == 1 &&
                         shape_.input.height == shape_.output.height &&
                         shape_.input.width == shape_.output.width;
  return pointwise && count * shape_.batch * shape_.input.area() <= kStreamedRows;
}

void Convolution::apply(WeightPart part, std::span<const float> x, std::span<float> z,
                        Write write) {
  if (streams(1)) {
    return stream_apply(panels_, part, shape_.batch * shape_.input.area(), x.data(), z.data(),
                        write, pool_);
  }
  const ApplyOperands operands(shape_, panels_, part, x.data(), z.data(), zeros_.data());
  multiply(operands.product(), operands, write, pool_);
}

void Convolution::adjoint(WeightPart part, std::span<const float> s, std::span<float> r,
                          std::size_t count, Write write) {
  if (streams(count)) {
    return stream_adjoint(panels_, part, count * shape_.batch * shape_.input.area(), s.data(),
                          r.data(), write, pool_);
  }
  const Window2d& window = shape_.window;
  const auto rows = axis_classes(shape_.input.height, window.kernel.height, window.stride.height,
                                 window.dilation.height, window.pads.top);
  const auto columns = axis_classes(shape_.input.width, window.kernel.width, window.stride.width,
                                    window.dilation.width, window.pads.left);
  const std::size_t images = count * shape_.batch;
  if (const auto turned = adjoint_shape(shape_); turned && write == Write::Assign &&
                                                 (count > 1 || is_heavy(shape_)) &&
                                                 BatchedWinograd::suits(*turned, count)) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    const AdjointOperands kernels(shape_, panels_, part, rows.front(), columns.front(), s.data(),
                                  r.data(), zeros_.data());
    return BatchedWinograd(*turned, kernels).run(s, {}, r, count, -kInfinity, kInfinity, pool_);
  }
  for (const AxisClass& row_class : rows) {
    for (const AxisClass& column_class : columns) {
      const AdjointOperands operands(shape_, panels_, part, row_class, column_class, s.data(),
                                     r.data(), zeros_.data());
      const ProductShape product = operands.product(images);
      if (product.taps > 0 && shape_.groups == 1 && count >= kFewestStacked) {
        const Stack stack{.count = count,
                          .a_stride = shape_.output_size(),
                          .c_stride = shape_.input_size(),
                          .absent = zeros_.data()};
        stacked_multiply(operands.product(shape_.batch), operands, stack, write, pool_);
      } else if (product.taps > 0) {
        multiply(product, operands, write, pool_);
      } else if (write == Write::Assign) {
        operands.clear(images);
      }
    }
  }
}

}  // namespace relcam
