#include "kernels/convolution_operands.h"

#include <algorithm>
#include <utility>

#include "base/divide_up.h"
#include "kernels/simd.h"
#include "kernels/weight_map.h"

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

/// Pixel `y`, `x` of an image of `extent`, or null when it lies outside.
const float* pixel(const float* images, std::size_t image, Extent2d extent, std::size_t channels,
                   std::ptrdiff_t y, std::ptrdiff_t x) {
  if (y < 0 || x < 0) return nullptr;
  const auto row = static_cast<std::size_t>(y);
  const auto column = static_cast<std::size_t>(x);
  if (row >= extent.height || column >= extent.width) return nullptr;
  return images + ((image * extent.height + row) * extent.width + column) * channels;
}

std::vector<AxisClass> axis_classes(std::size_t input, std::size_t kernel, std::size_t stride,
                                    std::size_t dilation, std::size_t pad) {
  std::vector<AxisClass> classes;
  for (std::size_t residue = 0; residue < std::min(stride, input); ++residue) {
    AxisClass axis{residue, divide_up(input - residue, stride), {}};
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

}  // namespace

void ConvolutionOperands::locate_taps(std::size_t image, std::size_t y, std::size_t x,
                                      std::size_t row, const float** a) const {
  for (std::size_t tap = 0; tap < taps_.size(); ++tap) {
    const float* from = pixel(images_.pixels, image, images_.extent, images_.channels,
                              static_cast<std::ptrdiff_t>(y) + taps_[tap].y,
                              static_cast<std::ptrdiff_t>(x) + taps_[tap].x);
    a[tile_index(row, tap, taps_.size())] = from == nullptr ? zeros_ : from;
  }
}

void ConvolutionOperands::pack(std::size_t group, std::size_t column, std::size_t tiles,
                               const DepthBlock& block, float* to) const {
  const ClampedPart part = clamped_part(part_);
  pack_weights(group, column, tiles, block, part.clamp, to);
  if (part.needs_map) map_weights(part_, to, tiles * block_floats(block), to);
}

ApplyOperands::ApplyOperands(const ConvolutionShape& shape, const WeightPanels& panels,
                             WeightPart part, const float* x, float* z, const float* zeros)
    : ConvolutionOperands(shape, panels, part, {x, shape.input, shape.input_channels()}, zeros),
      z_(z) {
  const Window2d& window = shape.window;
  for (std::size_t tap = 0; tap < window.kernel.area(); ++tap) {
    const std::size_t i = tap / window.kernel.width * window.dilation.height;
    const std::size_t j = tap % window.kernel.width * window.dilation.width;
    taps_.push_back({static_cast<std::ptrdiff_t>(i) - static_cast<std::ptrdiff_t>(window.pads.top),
                     static_cast<std::ptrdiff_t>(j) - static_cast<std::ptrdiff_t>(window.pads.left),
                     tap});
  }
}

ProductShape ApplyOperands::product() const {
  return {shape_.batch * shape_.output.area(), taps_.size(), shape_.group_inputs, shape_.groups,
          shape_.group_outputs};
}

void ApplyOperands::locate(std::size_t first, std::size_t count, const float** a, float** c) const {
  PixelWalk at(shape_.output, first);
  for (std::size_t row = 0; row < count; ++row, at.next()) {
    c[row] = z_ + (first + row) * shape_.output_channels();
    locate_taps(at.image(), at.y() * shape_.window.stride.height,
                at.x() * shape_.window.stride.width, row, a);
  }
}

void ApplyOperands::pack_weights(std::size_t group, std::size_t column, std::size_t tiles,
                                 const DepthBlock& block, const simd::Clamp& clamp,
                                 float* to) const {
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    pack_tile(group, column + tile * kColumnTile, block, clamp, to + tile * block_floats(block));
  }
}

void ApplyOperands::pack_tile(std::size_t group, std::size_t column, const DepthBlock& block,
                              const simd::Clamp& clamp, float* to) const {
  const std::size_t width = panels_.width();
  const bool two = column + 4 < shape_.group_outputs;
  const float* low = panels_.lanes(group, column);
  const float* high = two ? panels_.lanes(group, column + 4) : low;
  for (std::size_t tap = block.tap_begin; tap < block.tap_end; ++tap) {
    const std::size_t base = tap * shape_.group_inputs;
    for (std::size_t k = base + block.begin; k < base + block.end; ++k, to += kColumnTile) {
      simd::store(to, clamp(simd::load(low + k * width)));
      simd::store(to + 4, clamp(simd::load(high + k * width)));
    }
  }
}

std::vector<AxisClass> row_classes(const ConvolutionShape& shape) {
  const Window2d& window = shape.window;
  return axis_classes(shape.input.height, window.kernel.height, window.stride.height,
                      window.dilation.height, window.pads.top);
}

std::vector<AxisClass> column_classes(const ConvolutionShape& shape) {
  const Window2d& window = shape.window;
  return axis_classes(shape.input.width, window.kernel.width, window.stride.width,
                      window.dilation.width, window.pads.left);
}

AdjointOperands::AdjointOperands(const ConvolutionShape& shape, const WeightPanels& panels,
                                 WeightPart part, const AxisClass& rows, const AxisClass& columns,
                                 const float* s, float* r, const float* zeros)
    : ConvolutionOperands(shape, panels, part, {s, shape.output, shape.output_channels()}, zeros),
      rows_(rows),
      columns_(columns),
      r_(r) {
  for (const AxisClass::Reach& y : rows.reaches) {
    for (const AxisClass::Reach& x : columns.reaches) {
      taps_.push_back({y.offset, x.offset, y.kernel * shape.window.kernel.width + x.kernel});
    }
  }
}

ProductShape AdjointOperands::product(std::size_t images) const {
  return {images * rows_.count * columns_.count, taps_.size(), shape_.group_outputs, shape_.groups,
          shape_.group_inputs};
}

void AdjointOperands::locate(std::size_t first, std::size_t count, const float** a,
                             float** c) const {
  PixelWalk at({rows_.count, columns_.count}, first);
  for (std::size_t row = 0; row < count; ++row, at.next()) {
    c[row] = target(at.image(), at.y(), at.x());
    locate_taps(at.image(), at.y(), at.x(), row, a);
  }
}

void AdjointOperands::clear(std::size_t images) const {
  PixelWalk at({rows_.count, columns_.count}, 0);
  for (std::size_t row = 0; row < images * rows_.count * columns_.count; ++row, at.next()) {
    std::fill_n(target(at.image(), at.y(), at.x()), shape_.input_channels(), 0.0F);
  }
}

/// All tiles of four outputs before the next four: the panels lie far apart.
void AdjointOperands::pack_weights(std::size_t group, std::size_t column, std::size_t tiles,
                                   const DepthBlock& block, const simd::Clamp& clamp,
                                   float* to) const {
  const std::size_t depth = block.end - block.begin;
  const std::size_t width = panels_.width();
  for (std::size_t tap = block.tap_begin; tap < block.tap_end; ++tap) {
    const std::size_t first = (taps_[tap].tap * shape_.group_inputs + column) * width;
    for (std::size_t k = 0; k < depth; k += 4) {
      const float* from = panels_.lanes(group, block.begin + k) + first;
      const std::size_t outputs = std::min<std::size_t>(4, depth - k);
      for (std::size_t tile = 0; tile < tiles; ++tile) {
        const std::size_t inputs =
            std::min(kColumnTile, shape_.group_inputs - column - tile * kColumnTile);
        pack_tile(from + tile * kColumnTile * width, inputs, outputs, clamp,
                  to + tile * block_floats(block));
      }
      to += outputs * kColumnTile;
    }
  }
}

/// Turns [inputs][outputs] of the panels into [outputs][8 inputs].
void AdjointOperands::pack_tile(const float* from, std::size_t inputs, std::size_t outputs,
                                const simd::Clamp& clamp, float* to) const {
  if (inputs == kColumnTile && outputs == 4) {
    pack_square(from, clamp, to);
    pack_square(from + 4 * panels_.width(), clamp, to + 4);
  } else {
    pack_edge(from, inputs, outputs, clamp, to);
  }
}

float* AdjointOperands::target(std::size_t image, std::size_t row, std::size_t column) const {
  const std::size_t y = rows_.residue + row * shape_.window.stride.height;
  const std::size_t x = columns_.residue + column * shape_.window.stride.width;
  return r_ +
         ((image * shape_.input.height + y) * shape_.input.width + x) * shape_.input_channels();
}

/// Turns [4 inputs][4 outputs] of the panels into [4 outputs][8 inputs].
void AdjointOperands::pack_square(const float* from, const simd::Clamp& clamp, float* to) const {
  const std::size_t width = panels_.width();
  f32x4 a = clamp(simd::load(from));
  f32x4 b = clamp(simd::load(from + width));
  f32x4 c = clamp(simd::load(from + 2 * width));
  f32x4 d = clamp(simd::load(from + 3 * width));
  simd::transpose(a, b, c, d);
  simd::store(to, a);
  simd::store(to + kColumnTile, b);
  simd::store(to + 2 * kColumnTile, c);
  simd::store(to + 3 * kColumnTile, d);
}

/// The same where fewer than 8 inputs or 4 outputs are left; missing inputs are zeros.
void AdjointOperands::pack_edge(const float* from, std::size_t inputs, std::size_t outputs,
                                const simd::Clamp& clamp, float* to) const {
  std::fill_n(to, outputs * kColumnTile, 0.0F);
  for (std::size_t i = 0; i < inputs; ++i) {
    const f32x4 weights = clamp(simd::load(from + i * panels_.width()));
    for (std::size_t k = 0; k < outputs; ++k) to[k * kColumnTile + i] = weights[k];
  }
}

}  // namespace relcam
