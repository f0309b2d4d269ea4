#include "kernels/winograd_tiles.h"

#include <algorithm>
#include <array>

namespace relcam::winograd {
namespace {

using simd::f32x4;

using Side = std::array<f32x4, kInputSide>;

/// B^T d for one row or column of six.
Side transform_input(const Side& d) {
  const f32x4 four = simd::splat(4.0F);
  const f32x4 two = simd::splat(2.0F);
  const f32x4 even = d[4] - four * d[2];
  const f32x4 odd = d[3] - four * d[1];
  const f32x4 even_rest = d[4] - d[2];
  const f32x4 odd_rest = two * (d[3] - d[1]);
  return {four * (d[0] - d[2]) + even_rest,
          even + odd,
          even - odd,
          even_rest + odd_rest,
          even_rest - odd_rest,
          four * (d[1] - d[3]) + (d[5] - d[3])};
}

/// G g for one row or column of three.
Side transform_kernel(f32x4 a, f32x4 b, f32x4 c) {
  const f32x4 sixth = simd::splat(1.0F / 6.0F);
  const f32x4 outer = a + c;
  const f32x4 far = simd::splat(1.0F / 24.0F) * a + sixth * c;
  const f32x4 middle = simd::splat(1.0F / 12.0F) * b;
  return {simd::splat(0.25F) * a, simd::zero() - sixth * (outer + b),
          sixth * (b - outer),    far + middle,
          far - middle,           c};
}

/// A^T m for one row or column of six.
std::array<f32x4, kOutputSide> transform_output(const Side& m) {
  const f32x4 near_sum = m[1] + m[2];
  const f32x4 near_difference = m[1] - m[2];
  const f32x4 far_sum = m[3] + m[4];
  const f32x4 far_difference = m[3] - m[4];
  return {m[0] + near_sum + far_sum, near_difference + simd::splat(2.0F) * far_difference,
          near_sum + simd::splat(4.0F) * far_sum,
          near_difference + simd::splat(8.0F) * far_difference + m[5]};
}

/// Channels of input pixels of a tile; those outside the image point at zeros.
using TilePixels = std::array<const float*, kProducts>;

TilePixels locate_inputs(const ConvolutionShape& shape, const TilePlace& place, const float* x,
                         const float* zeros) {
  TilePixels pixels;
  for (std::size_t i = 0; i < kProducts; ++i) {
    // Unsigned wrap-around puts what lies before the image beyond it.
    const std::size_t row = place.y + i / kInputSide - shape.window.pads.top;
    const std::size_t column = place.x + i % kInputSide - shape.window.pads.left;
    const bool inside = row < shape.input.height && column < shape.input.width;
    const std::size_t index = (place.image * shape.input.height + row) * shape.input.width + column;
    pixels[i] = inside ? x + index * shape.group_inputs : zeros;
  }
  return pixels;
}

/// Writes the 36 transformed values of a tile's channels at to[product * stride + channel].
void transform_tile(const TilePixels& pixels, std::size_t channels, float* to, std::size_t stride) {
  for (std::size_t c = 0; c < channels; c += 4) {
    std::array<Side, kInputSide> columns;
    for (std::size_t j = 0; j < kInputSide; ++j) {
      Side column;
      for (std::size_t i = 0; i < kInputSide; ++i) {
        column[i] = simd::load(pixels[i * kInputSide + j] + c);
      }
      columns[j] = transform_input(column);
    }
    for (std::size_t i = 0; i < kInputSide; ++i) {
      Side row;
      for (std::size_t j = 0; j < kInputSide; ++j) row[j] = columns[j][i];
      const Side transformed = transform_input(row);
      for (std::size_t j = 0; j < kInputSide; ++j) {
        simd::store(to + (i * kInputSide + j) * stride + c, transformed[j]);
      }
    }
  }
}

}  // namespace

bool has_form(const ConvolutionShape& shape) {
  constexpr std::size_t kFewestChannels = 32;
  const Window2d& window = shape.window;
  const bool form = shape.groups == 1 && window.kernel.height == 3 && window.kernel.width == 3 &&
                    window.stride.area() == 1 && window.dilation.area() == 1;
  const bool lanes = shape.group_inputs % 4 == 0 && shape.group_outputs % 4 == 0;
  return form && lanes && shape.group_inputs >= kFewestChannels &&
         shape.group_outputs >= kFewestChannels;
}

void transform_kernels(FunctionRef<Lanes(std::size_t)> lanes_of, std::size_t width,
                       std::size_t inputs, ChannelRange range, float* to) {
  const std::size_t panel_size = (inputs + 1) * width;
  const std::size_t matrix_size = divide_up(range.size(), width) * panel_size;
  std::fill_n(to, kProducts * matrix_size, 0.0F);
  for (std::size_t output = range.begin; output < range.end; output += 4) {
    const Lanes lanes = lanes_of(output);
    const std::size_t at = output - range.begin;
    float* column = to + at / width * panel_size + width + at % width;
    for (std::size_t c = 0; c < inputs; ++c) {
      const auto weight = [&](std::size_t tap) {
        return simd::load(lanes.first + (tap * inputs + c) * lanes.stride);
      };
      const std::array<Side, 3> columns{transform_kernel(weight(0), weight(3), weight(6)),
                                        transform_kernel(weight(1), weight(4), weight(7)),
                                        transform_kernel(weight(2), weight(5), weight(8))};
      for (std::size_t i = 0; i < kInputSide; ++i) {
        const Side row = transform_kernel(columns[0][i], columns[1][i], columns[2][i]);
        for (std::size_t j = 0; j < kInputSide; ++j) {
          simd::store(column + (i * kInputSide + j) * matrix_size + c * width, row[j]);
        }
      }
    }
  }
}

void transform_inputs(const ConvolutionShape& shape, const TilePlace& place, const float* x,
                      const float* zeros, float* to, std::size_t stride) {
  transform_tile(locate_inputs(shape, place, x, zeros), shape.group_inputs, to, stride);
}

void finish_tile(const ConvolutionShape& shape, const TilePlace& place, ChannelRange range,
                 const float* from, std::size_t stride, const Finish& finish, float* y) {
  const std::size_t rows = std::min(kOutputSide, shape.output.height - place.y);
  const std::size_t columns = std::min(kOutputSide, shape.output.width - place.x);
  const std::size_t channels = shape.group_outputs;
  const std::size_t first =
      (place.image * shape.output.height + place.y) * shape.output.width + place.x;
  for (std::size_t c = range.begin; c < range.end; c += 4) {
    std::array<std::array<f32x4, kOutputSide>, kInputSide> halves;
    for (std::size_t j = 0; j < kInputSide; ++j) {
      Side column;
      for (std::size_t i = 0; i < kInputSide; ++i) {
        column[i] = simd::load(from + (i * kInputSide + j) * stride + c - range.begin);
      }
      halves[j] = transform_output(column);
    }
    const f32x4 bias = finish.bias == nullptr ? simd::zero() : simd::load(finish.bias + c);
    for (std::size_t i = 0; i < rows; ++i) {
      Side row;
      for (std::size_t j = 0; j < kInputSide; ++j) row[j] = halves[j][i];
      const auto outputs = transform_output(row);
      float* to = y + (first + i * shape.output.width) * channels + c;
      for (std::size_t j = 0; j < columns; ++j) {
        simd::store(to + j * channels, finish.clamp(outputs[j] + bias));
      }
    }
  }
}

}  // namespace relcam::winograd
