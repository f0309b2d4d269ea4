#include "image/resample.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>

namespace relcam {
namespace {

// One RGBA pixel per vector: four-lane integer arithmetic on every target without intrinsics.
using Pixel = std::uint8_t __attribute__((vector_size(4)));
using Lanes = std::int32_t __attribute__((vector_size(16)));

constexpr std::size_t kPixelBytes = 4;
constexpr int kPrecisionBits = 22;
constexpr std::int32_t kHalf = std::int32_t{1} << (kPrecisionBits - 1);

Lanes load(const std::uint8_t* pixel) {
  Pixel bytes;
  std::memcpy(&bytes, pixel, kPixelBytes);
  return __builtin_convertvector(bytes, Lanes);
}

void store(std::uint8_t* pixel, Lanes sum) {
  const Lanes black{0, 0, 0, 0};
  const Lanes white{255, 255, 255, 255};
  const Lanes level = sum >> kPrecisionBits;
  const Lanes clamped = level < black ? black : (level > white ? white : level);
  const Pixel bytes = __builtin_convertvector(clamped, Pixel);
  std::memcpy(pixel, &bytes, kPixelBytes);
}

struct Filter {
  double support;
  double (*weight)(double distance);
};

double triangle(double distance) { return std::max(0.0, 1.0 - std::abs(distance)); }

// Keys' cubic convolution kernel with a = -1/2.
double cubic(double distance) {
  constexpr double a = -0.5;
  const double x = std::abs(distance);
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
  if (x < 2.0) return (((x - 5.0) * x + 8.0) * x - 4.0) * a;
  return 0.0;
}

Filter filter_of(Interpolation interpolation) {
  return interpolation == Interpolation::Bicubic ? Filter{2.0, cubic} : Filter{1.0, triangle};
}

// Weights of the source pixels first, first + 1, ... that make up one resized pixel.
struct Taps {
  std::size_t first;
  std::vector<std::int32_t> weights;
};

std::int32_t fixed_point(double weight) {
  const double scaled = weight * static_cast<double>(std::int32_t{1} << kPrecisionBits);
  return static_cast<std::int32_t>(scaled < 0.0 ? scaled - 0.5 : scaled + 0.5);
}

Taps taps_at(int position, int source, double scale, const Filter& filter) {
  const double stretch = std::max(scale, 1.0);
  const double support = filter.support * stretch;
  const double center = (position + 0.5) * scale;
  const int first = std::max(static_cast<int>(center - support + 0.5), 0);
  const int end = std::min(static_cast<int>(center + support + 0.5), source);

  std::vector<double> weights;
  double total = 0.0;
  for (int x = first; x < end; ++x) {
    weights.push_back(filter.weight((x - center + 0.5) * (1.0 / stretch)));
    total += weights.back();
  }
  Taps taps{static_cast<std::size_t>(first), {}};
  for (const double weight : weights) taps.weights.push_back(fixed_point(weight / total));
  return taps;
}

// Taps of the resized positions begin .. begin + count - 1 along one axis.
std::vector<Taps> axis_taps(int source, int resized, int begin, int count, const Filter& filter) {
  const double scale = static_cast<double>(source) / resized;
  std::vector<Taps> taps;
  taps.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) taps.push_back(taps_at(begin + i, source, scale, filter));
  return taps;
}

void convert_to_luma(std::span<std::uint8_t> rgba) {
  for (std::size_t i = 0; i < rgba.size(); i += kPixelBytes) {
    const std::uint32_t sum =
        rgba[i] * 19595U + rgba[i + 1] * 38470U + rgba[i + 2] * 7471U + 0x8000U;
    const auto luma = static_cast<std::uint8_t>(sum >> 16U);
    rgba[i] = rgba[i + 1] = rgba[i + 2] = luma;
  }
}

void convolve_row(const std::uint8_t* row, const std::vector<Taps>& taps, std::uint8_t* out) {
  for (const Taps& tap : taps) {
    const std::uint8_t* pixel = row + tap.first * kPixelBytes;
    Lanes sum{kHalf, kHalf, kHalf, kHalf};
    for (const std::int32_t weight : tap.weights) {
      sum += load(pixel) * weight;
      pixel += kPixelBytes;
    }
    store(out, sum);
    out += kPixelBytes;
  }
}

void convolve_column(const std::uint8_t* top, std::size_t row_bytes, const Taps& taps,
                     std::uint8_t* out) {
  for (std::size_t x = 0; x < row_bytes; x += kPixelBytes) {
    const std::uint8_t* pixel = top + x;
    Lanes sum{kHalf, kHalf, kHalf, kHalf};
    for (const std::int32_t weight : taps.weights) {
      sum += load(pixel) * weight;
      pixel += row_bytes;
    }
    store(out + x, sum);
  }
}

// Source rows first_row .. end_row - 1 after the horizontal pass.
std::vector<std::uint8_t> horizontal_pass(const ImageView& image, std::size_t first_row,
                                          std::size_t end_row, const std::vector<Taps>& taps,
                                          ColorMode color) {
  const std::size_t source_bytes = static_cast<std::size_t>(image.size.width) * kPixelBytes;
  const std::size_t row_bytes = taps.size() * kPixelBytes;
  std::vector<std::uint8_t> rows((end_row - first_row) * row_bytes);
  std::vector<std::uint8_t> luma(color == ColorMode::Luma ? source_bytes : 0);
  for (std::size_t y = first_row; y < end_row; ++y) {
    std::span<const std::uint8_t> row = image.rgba.subspan(y * source_bytes, source_bytes);
    if (color == ColorMode::Luma) {
      std::ranges::copy(row, luma.begin());
      convert_to_luma(luma);
      row = luma;
    }
    convolve_row(row.data(), taps, rows.data() + (y - first_row) * row_bytes);
  }
  return rows;
}

std::vector<std::uint8_t> convolve(const ImageView& image, ImageSize resized, const Window& window,
                                   const Filter& filter, ColorMode color) {
  const auto columns =
      axis_taps(image.size.width, resized.width, window.left, window.width, filter);
  const auto rows = axis_taps(image.size.height, resized.height, window.top, window.height, filter);
  const std::size_t first_row = rows.front().first;
  const std::size_t end_row = rows.back().first + rows.back().weights.size();
  const auto narrowed = horizontal_pass(image, first_row, end_row, columns, color);

  const std::size_t row_bytes = columns.size() * kPixelBytes;
  std::vector<std::uint8_t> out(rows.size() * row_bytes);
  for (std::size_t y = 0; y < rows.size(); ++y) {
    convolve_column(narrowed.data() + (rows[y].first - first_row) * row_bytes, row_bytes, rows[y],
                    out.data() + y * row_bytes);
  }
  return out;
}

// Source index of each resized position. The position is summed up step by step because PIL does
// so: a product would round differently at ties.
std::vector<std::size_t> nearest_positions(int source, int resized, int begin, int count) {
  const double scale = static_cast<double>(source) / resized;
  std::vector<std::size_t> positions;
  positions.reserve(static_cast<std::size_t>(count));
  double position = scale * 0.5;
  for (int i = 0; i < begin + count; ++i, position += scale) {
    if (i >= begin) positions.push_back(static_cast<std::size_t>(std::min(position, source - 1.0)));
  }
  return positions;
}

std::vector<std::uint8_t> pick_nearest(const ImageView& image, ImageSize resized,
                                       const Window& window, ColorMode color) {
  const auto columns =
      nearest_positions(image.size.width, resized.width, window.left, window.width);
  const auto rows = nearest_positions(image.size.height, resized.height, window.top, window.height);
  std::vector<std::uint8_t> out(rows.size() * columns.size() * kPixelBytes);
  std::uint8_t* target = out.data();
  for (const std::size_t y : rows) {
    const std::uint8_t* row =
        image.rgba.data() + y * static_cast<std::size_t>(image.size.width) * kPixelBytes;
    for (const std::size_t x : columns) {
      std::memcpy(target, row + x * kPixelBytes, kPixelBytes);
      target += kPixelBytes;
    }
  }
  if (color == ColorMode::Luma) convert_to_luma(out);
  return out;
}

}  // namespace

std::span<const Named<Interpolation>> interpolations() {
  static constexpr std::array<Named<Interpolation>, 3> kInterpolations = {
      {{"nearest", Interpolation::Nearest},
       {"bilinear", Interpolation::Bilinear},
       {"bicubic", Interpolation::Bicubic}}};
  return kInterpolations;
}

std::vector<std::uint8_t> resample(const ImageView& image, ImageSize resized, const Window& window,
                                   Interpolation interpolation, ColorMode color) {
  if (interpolation == Interpolation::Nearest || resized == image.size) {
    return pick_nearest(image, resized, window, color);
  }
  return convolve(image, resized, window, filter_of(interpolation), color);
}

}  // namespace relcam
