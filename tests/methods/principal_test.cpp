#include "methods/principal.h"

#include <gtest/gtest.h>

#include <numeric>

#include "support/expect_map.h"
#include "support/jacobi.h"
#include "support/sample_layer.h"

namespace relcam {
namespace {

using testing::Matrix;
using testing::SampleLayer;

std::vector<double> principal_projection(const std::vector<float>& matrix, std::size_t rows,
                                         std::size_t columns) {
  PrincipalProjection projection(matrix, rows, columns);
  while (projection.step()) continue;
  return projection.result();
}

std::vector<double> projection_of(const SampleLayer& layer) {
  return principal_projection(layer.activation, layer.positions(), layer.channels);
}

Matrix rows_of(const SampleLayer& layer) {
  Matrix rows(layer.positions(), std::vector<double>(layer.channels));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t c = 0; c < layer.channels; ++c) rows[i][c] = layer.a(i, c);
  }
  return rows;
}

TEST(PrincipalProjection, IsTheTwinsForTallAndForWideMatrices) {
  for (const std::size_t channels : {1U, 3U, 20U, 90U}) {
    const SampleLayer layer(static_cast<unsigned>(channels), 4, 5, channels);
    testing::expect_close_up_to_sign(to_floats(projection_of(layer)),
                                     testing::principal_twin(rows_of(layer)));
  }
}

TEST(PrincipalProjection, RisesWithTheRowsMeans) {
  for (const unsigned seed : {1U, 2U, 3U, 4U}) {
    const SampleLayer layer(seed);
    const std::vector<double> projection = projection_of(layer);
    double covariance = 0.0;
    for (std::size_t i = 0; i < layer.positions(); ++i) {
      for (std::size_t c = 0; c < layer.channels; ++c) covariance += projection[i] * layer.a(i, c);
    }
    EXPECT_GT(covariance, 0.0);
  }
}

TEST(PrincipalProjection, ItsLargestElementIsPositiveWhereMeansTellNothing) {
  const std::vector<float> matrix{1.0F, -1.0F, 1.0F, -1.0F, -5.0F, 5.0F};
  const std::vector<double> projection = principal_projection(matrix, 3, 2);
  EXPECT_GT(projection[2], 0.0);
  EXPECT_LT(projection[0], 0.0);
}

TEST(PrincipalProjection, EqualRowsGiveZeros) {
  const std::vector<float> matrix{0.1F, 0.7F, 0.1F, 0.7F, 0.1F, 0.7F};
  EXPECT_EQ(principal_projection(matrix, 3, 2), std::vector<double>(3, 0.0));
}

TEST(MakeLargestPositive, LooksAtMagnitude) {
  std::vector<double> values{1.0, -3.0, 2.0};
  make_largest_positive(values);
  EXPECT_EQ(values, (std::vector<double>{-1.0, 3.0, -2.0}));
  make_largest_positive(values);
  EXPECT_EQ(values, (std::vector<double>{-1.0, 3.0, -2.0}));
}

}  // namespace
}  // namespace relcam
