#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/expect_map.h"
#include "support/jacobi.h"
#include "support/sample_layer.h"

namespace relcam {
namespace {

using testing::Matrix;
using testing::SampleLayer;

Matrix sigmoid_kernel(const Matrix& x) {
  Matrix kernel(x.size(), std::vector<double>(x.size()));
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j < x.size(); ++j) {
      double product = 0.0;
      for (std::size_t c = 0; c < x[i].size(); ++c) product += x[i][c] * x[j][c];
      kernel[i][j] = std::tanh(product / static_cast<double>(x[i].size()) + 1.0);
    }
  }
  return kernel;
}

Matrix transposed(const Matrix& matrix) {
  Matrix result(matrix.front().size(), std::vector<double>(matrix.size()));
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    for (std::size_t j = 0; j < matrix[i].size(); ++j) result[j][i] = matrix[i][j];
  }
  return result;
}

std::vector<double> twin(const SampleLayer& layer) {
  Matrix rows(layer.positions(), std::vector<double>(layer.channels));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t c = 0; c < layer.channels; ++c) rows[i][c] = layer.a(i, c);
  }
  const Matrix kernel = sigmoid_kernel(testing::centred(rows));
  const EigenPair pair = testing::jacobi(testing::centred(transposed(testing::centred(kernel))));
  std::vector<double> map = pair.vector;
  for (double& value : map) value *= std::sqrt(pair.value);
  return map;
}

TEST(KpcaCam, IsTheFirstKernelPrincipalComponent) {
  for (const unsigned seed : {1U, 2U, 3U}) {
    const SampleLayer layer(seed);
    testing::expect_close_up_to_sign(layer.run("kpca-cam").map, twin(layer));
  }
}

TEST(KpcaCam, ItsLargestMagnitudeIsPositive) {
  for (const unsigned seed : {1U, 2U, 3U, 4U, 5U}) {
    const std::vector<float> map = SampleLayer(seed).run("kpca-cam").map;
    EXPECT_GE(std::ranges::max(map), -std::ranges::min(map));
  }
}

}  // namespace
}  // namespace relcam
