#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "support/expect.h"
#include "support/node_fixture.h"
#include "support/op_samples.h"

namespace relcam::testing {
namespace {

using Part = WeightPart::Kind;

/// part(w), straight from the definitions of WeightPart. A weight of exactly 0 is no connection.
float mapped(WeightPart part, float w) {
  switch (part.kind) {
    case Part::All: return w;
    case Part::Positive: return std::max(w, 0.0F);
    case Part::Negative: return std::min(w, 0.0F);
    case Part::GammaPositive: return w + part.gamma * std::max(w, 0.0F);
    case Part::GammaNegative: return w + part.gamma * std::min(w, 0.0F);
    case Part::Square: return w * w;
    case Part::One: return w == 0.0F ? 0.0F : 1.0F;
  }
  return 0.0F;
}

/// W[j][i] of z_j = sum_i W[j][i] x_i, read off unit vectors.
class Matrix {
 public:
  Matrix(LinearMap& map, std::size_t rows, std::size_t columns)
      : rows_(rows), columns_(columns), weights_(rows * columns) {
    std::vector<float> x(columns + 16, 0.0F);
    std::vector<float> z(rows + 16, 0.0F);
    for (std::size_t i = 0; i < columns; ++i) {
      x[i] = 1.0F;
      map.apply({}, std::span(x).first(columns), std::span(z).first(rows), Write::Assign);
      for (std::size_t j = 0; j < rows; ++j) weights_[j * columns + i] = z[j];
      x[i] = 0.0F;
    }
  }

  std::vector<float> times(WeightPart part, const std::vector<float>& x) const {
    std::vector<float> z(rows_, 0.0F);
    for (std::size_t j = 0; j < rows_; ++j) {
      for (std::size_t i = 0; i < columns_; ++i) z[j] += weight(part, j, i) * x[i];
    }
    return z;
  }

  std::vector<float> transposed_times(WeightPart part, const float* s) const {
    std::vector<float> r(columns_, 0.0F);
    for (std::size_t j = 0; j < rows_; ++j) {
      for (std::size_t i = 0; i < columns_; ++i) r[i] += weight(part, j, i) * s[j];
    }
    return r;
  }

 private:
  float weight(WeightPart part, std::size_t j, std::size_t i) const {
    return mapped(part, weights_[j * columns_ + i]);
  }

  std::size_t rows_;
  std::size_t columns_;
  std::vector<float> weights_;
};

constexpr WeightPart kParts[] = {{Part::All},
                                 {Part::Positive},
                                 {Part::Negative},
                                 {Part::GammaPositive, 0.25F},
                                 {Part::GammaNegative, 0.25F},
                                 {Part::Square},
                                 {Part::One}};

/// A sample's map beside the matrix that it stands for.
struct LinearCase {
  explicit LinearCase(const OpSample& sample)
      : node(sample.node()),
        map(node.prepared().linear()),
        columns(element_count(node.view().input_shape(0))),
        rows(element_count(node.view().output_shape(0))) {}

  Matrix matrix() const { return {*map, rows, columns}; }

  NodeFixture node;
  LinearMap* map;
  std::size_t columns;
  std::size_t rows;
};

/// Runs `check` on every sample that has a linear map; there are maps to check.
template <typename Check>
void for_linear_samples(Check&& check) {
  std::size_t checked = 0;
  for (const OpSample& sample : op_samples()) {
    SCOPED_TRACE(sample.name);
    LinearCase linear(sample);
    if (linear.map == nullptr) continue;
    check(linear);
    ++checked;
  }
  EXPECT_GE(checked, 10U);
}

std::vector<float> first(const std::vector<float>& values, std::size_t count) {
  return {values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count)};
}

/// Values with the slack behind them that kernels may read.
std::vector<float> padded(std::vector<float> values) {
  values.resize(values.size() + 16, 0.0F);
  return values;
}

void check_forward(LinearCase& linear) {
  const std::vector<float> x = padded(random_floats(linear.columns, 5));
  std::vector<float> y(linear.rows + 16);
  std::vector<std::span<const float>> inputs(linear.node.view().input_count());
  inputs[0] = std::span(x).first(linear.columns);
  const std::array outputs = {std::span(y).first(linear.rows)};
  linear.node.prepared().forward(inputs, outputs, {});

  std::vector<float> expected = linear.matrix().times({}, x);
  const std::span<const float> bias = linear.map->bias();
  if (!bias.empty()) {
    for (std::size_t j = 0; j < linear.rows; ++j) expected[j] += bias[j % bias.size()];
  }
  expect_near(first(y, linear.rows), expected, 1e-5F);
}

TEST(LinearMapLaw, ForwardIsTheMapPlusItsBias) { for_linear_samples(check_forward); }

void check_apply(LinearCase& linear) {
  const Matrix matrix = linear.matrix();
  const std::vector<float> x = padded(random_floats(linear.columns, 6));
  const auto from = std::span(x).first(linear.columns);
  const std::vector<float> before = random_floats(linear.rows, 7);
  for (const WeightPart part : kParts) {
    SCOPED_TRACE(static_cast<int>(part.kind));
    std::vector<float> expected = matrix.times(part, x);
    std::vector<float> z = padded(before);
    linear.map->apply(part, from, std::span(z).first(linear.rows), Write::Assign);
    expect_near(first(z, linear.rows), expected, 1e-5F);

    std::ranges::copy(before, z.begin());
    linear.map->apply(part, from, std::span(z).first(linear.rows), Write::Accumulate);
    for (std::size_t j = 0; j < linear.rows; ++j) expected[j] += before[j];
    expect_near(first(z, linear.rows), expected, 1e-5F);
  }
}

TEST(LinearMapLaw, EveryPartOfTheWeightsIsApplied) { for_linear_samples(check_apply); }

void check_adjoint(LinearCase& linear) {
  constexpr std::size_t kCount = 2;
  const Matrix matrix = linear.matrix();
  const std::vector<float> s = padded(random_floats(kCount * linear.rows, 8));
  const auto from = std::span(s).first(kCount * linear.rows);
  const std::vector<float> before = random_floats(kCount * linear.columns, 9);
  for (const WeightPart part : kParts) {
    SCOPED_TRACE(static_cast<int>(part.kind));
    std::vector<float> expected;
    for (std::size_t k = 0; k < kCount; ++k) {
      const std::vector<float> r = matrix.transposed_times(part, s.data() + k * linear.rows);
      expected.insert(expected.end(), r.begin(), r.end());
    }
    std::vector<float> r = padded(before);
    const auto to = std::span(r).first(before.size());
    linear.map->adjoint(part, from, to, kCount, Write::Assign);
    expect_near(first(r, before.size()), expected, 1e-5F);

    std::ranges::copy(before, r.begin());
    linear.map->adjoint(part, from, to, kCount, Write::Accumulate);
    for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += before[i];
    expect_near(first(r, before.size()), expected, 1e-5F);
  }
}

TEST(LinearMapLaw, TheAdjointOfEveryPartTransposesIt) { for_linear_samples(check_adjoint); }

void check_announcement(LinearCase& linear) {
  const std::vector<float> ones(linear.columns, 1.0F);
  const std::vector<float> sums = linear.matrix().times({Part::Negative}, ones);
  const bool any_negative = std::ranges::any_of(sums, [](float sum) { return sum < 0.0F; });
  EXPECT_TRUE(linear.map->has_negative_weights() || !any_negative);
}

TEST(LinearMapLaw, NegativeWeightsAreAnnounced) { for_linear_samples(check_announcement); }

TEST(LinearMaps, ExistWhereTheKindPromisesThem) {
  for (const OpSample& sample : op_samples()) {
    NodeFixture node = sample.node();
    Operation& operation = node.prepared();
    const Kind kind = node.op().kind(node.view());
    if (kind == Kind::Linear || kind == Kind::Pool) {
      EXPECT_NE(operation.linear(), nullptr) << sample.name;
    }
    if (kind == Kind::Sum) {
      EXPECT_EQ(operation.signs().size(), node.view().input_count()) << sample.name;
    }
  }
}

}  // namespace
}  // namespace relcam::testing
