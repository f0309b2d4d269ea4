#include "methods/lanczos.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "kernels/dot.h"
#include "support/jacobi.h"

namespace relcam {
namespace {

using testing::Matrix;

SymmetricMap map_of(const Matrix& matrix) {
  return {.size = matrix.size(),
          .apply = [&matrix](std::span<const double> in, std::span<double> out) {
            for (std::size_t i = 0; i < matrix.size(); ++i) out[i] = dot(matrix[i], in);
          }};
}

EigenPair largest_eigenpair(const Matrix& matrix) {
  Lanczos lanczos(map_of(matrix));
  while (lanczos.step()) continue;
  return lanczos.result();
}

Matrix random_symmetric(std::size_t size, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal;
  Matrix matrix(size, std::vector<double>(size));
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j <= i; ++j) matrix[i][j] = matrix[j][i] = normal(generator);
  }
  return matrix;
}

Matrix diagonal(const std::vector<double>& values) {
  Matrix matrix(values.size(), std::vector<double>(values.size(), 0.0));
  for (std::size_t i = 0; i < values.size(); ++i) matrix[i][i] = values[i];
  return matrix;
}

TEST(Lanczos, FindsWhatJacobiRotationsFind) {
  for (const std::size_t size : {1U, 2U, 3U, 10U, 60U}) {
    const Matrix matrix = random_symmetric(size, static_cast<unsigned>(size));
    const EigenPair want = testing::jacobi(matrix);
    const EigenPair got = largest_eigenpair(matrix);
    EXPECT_NEAR(got.value, want.value, 1e-11) << size;
    EXPECT_NEAR(std::abs(dot(got.vector, want.vector)), 1.0, 1e-11) << size;
  }
}

TEST(Lanczos, TakesTheLargestValueNotTheLargestMagnitude) {
  const EigenPair pair = largest_eigenpair(diagonal({-9.0, 2.0, 1.0, -3.0}));
  EXPECT_NEAR(pair.value, 2.0, 1e-13);
  EXPECT_NEAR(std::abs(pair.vector[1]), 1.0, 1e-11);
  EXPECT_NEAR(largest_eigenpair(diagonal({-9.0, -2.0})).value, -2.0, 1e-13);
}

TEST(Lanczos, TellsNeighboursApart) {
  std::vector<double> values(200);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i) / 200.0;
  values[77] = values.back() * 1.001;
  const EigenPair pair = largest_eigenpair(diagonal(values));
  EXPECT_NEAR(pair.value, values[77], 1e-12);
  EXPECT_NEAR(std::abs(pair.vector[77]), 1.0, 1e-12);
  EXPECT_NEAR(pair.vector.back(), 0.0, 1e-8);
}

TEST(Lanczos, AMapOfNothingHasValueZero) {
  const EigenPair pair = largest_eigenpair(diagonal({0.0, 0.0, 0.0}));
  EXPECT_EQ(pair.value, 0.0);
  EXPECT_NEAR(dot(pair.vector, pair.vector), 1.0, 1e-12);
}

TEST(Lanczos, AMultipleValueGivesSomeVectorOfIts) {
  const EigenPair pair = largest_eigenpair(diagonal({5.0, 1.0, 5.0, 0.0}));
  EXPECT_NEAR(pair.value, 5.0, 1e-12);
  EXPECT_NEAR(pair.vector[0] * pair.vector[0] + pair.vector[2] * pair.vector[2], 1.0, 1e-12);
}

}  // namespace
}  // namespace relcam
