#include <algorithm>
#include <cmath>
#include <string>

#include "base/error.h"
#include "methods/lanczos.h"
#include "methods/principal.h"
#include "methods/roster.h"

namespace relcam {

namespace {

/// The kernel matrix holds positions squared doubles: 128 MiB at this many.
constexpr std::size_t kMostPositions = 4096;

/// A symmetric matrix in full, row-major.
struct Kernel {
  std::size_t size;
  std::vector<double> values;

  std::span<const double> row(std::size_t i) const {
    return std::span(values).subspan(i * size, size);
  }
};

std::vector<double> centred_rows(const MethodInput& input) {
  const std::vector<double> means =
      column_means(input.activation, input.raster.positions(), input.raster.channels);
  std::vector<double> rows(input.activation.begin(), input.activation.end());
  for (std::size_t at = 0; at < rows.size(); ++at) rows[at] -= means[at % input.raster.channels];
  return rows;
}

/// tanh(<x, y> / channels + 1) of every two positions' centred activations x and y.
Kernel sigmoid_kernel(const MethodInput& input) {
  const std::vector<double> rows = centred_rows(input);
  const std::size_t channels = input.raster.channels;
  const std::size_t size = input.raster.positions();
  Kernel kernel{.size = size, .values = std::vector<double>(size * size)};
  for (std::size_t i = 0; i < size; ++i) {
    const auto x = std::span(rows).subspan(i * channels, channels);
    for (std::size_t j = i; j < size; ++j) {
      const auto y = std::span(rows).subspan(j * channels, channels);
      const double value = std::tanh(dot(x, y) / static_cast<double>(channels) + 1.0);
      kernel.values[i * size + j] = value;
      kernel.values[j * size + i] = value;
    }
  }
  return kernel;
}

double mean_of(std::span<const double> values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

void take_off_mean(std::span<double> values) {
  const double mean = mean_of(values);
  for (double& value : values) value -= mean;
}

/// The doubly centred kernel, (I - 1/n) K (I - 1/n), applied without forming it.
SymmetricMap centred(const Kernel& kernel) {
  return {.size = kernel.size,
          .apply = [&kernel](std::span<const double> in, std::span<double> out) {
            std::vector<double> vector(in.begin(), in.end());
            take_off_mean(vector);
            for (std::size_t i = 0; i < kernel.size; ++i) out[i] = dot(kernel.row(i), vector);
            take_off_mean(out);
          }};
}

/// The kernel's entries lie between -1 and 1: eigenvalues as small as this are rounding errors of a
/// flat map.
bool is_flat(const EigenPair& pair) {
  constexpr double kRounding = 1e-13;
  return pair.value <= kRounding * static_cast<double>(pair.vector.size());
}

std::vector<float> map(const MethodInput& input) {
  const std::size_t positions = input.raster.positions();
  if (positions > kMostPositions) {
    throw Error(ErrorCode::InvalidOption,
                "method 'kpca-cam' compares every position with every other and takes layers of at "
                "most " +
                    std::to_string(kMostPositions) + " positions, but this one has " +
                    std::to_string(positions) + ": choose a deeper layer",
                "layers");
  }
  const Kernel kernel = sigmoid_kernel(input);
  EigenPair pair = largest_eigenpair(centred(kernel));
  if (is_flat(pair)) return std::vector<float>(positions, 0.0F);
  make_largest_positive(pair.vector);
  for (double& value : pair.vector) value *= std::sqrt(pair.value);
  return to_floats(pair.vector);
}

}  // namespace

Method kpca_cam_method() {
  return {.name = "kpca-cam",
          .summary =
              "the activations' first component of a kernel principal component analysis "
              "over positions (sigmoid kernel), its largest value positive; the same for "
              "every class",
          .paper =
              "Karmani, Sivakaran, Prasad, Ali, Yang, Tang, KPCA-CAM: Visual Explainability of "
              "Deep Computer Vision Models using Kernel PCA, IEEE MMSP 2024",
          .signal = Signal::None,
          .rectify = true,
          .map = map};
}

}  // namespace relcam
