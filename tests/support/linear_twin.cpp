#include "support/linear_twin.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace relcam::testing {
namespace {

constexpr double kTolerance = 4e-6;

/// Runs `kernel(out, write)` both ways: assigned over garbage, and added to what was there.
template <typename Kernel>
void expect_both_writes(const Kernel& kernel, const LinearTwin::Result& want, std::mt19937& random,
                        const char* what) {
  std::vector<float> assigned(want.value.size(), std::numeric_limits<float>::quiet_NaN());
  kernel(assigned, Write::Assign);
  expect_near(assigned, want, what);

  std::vector<float> before = random_vector(want.value.size(), random);
  std::vector<float> accumulated = before;
  kernel(accumulated, Write::Accumulate);
  LinearTwin::Result sum = want;
  for (std::size_t i = 0; i < before.size(); ++i) {
    sum.value[i] += static_cast<double>(before[i]);
    sum.magnitude[i] += std::fabs(static_cast<double>(before[i]));
  }
  expect_near(accumulated, sum, what);
}

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  }
  return sum;
}

void expect_adjoint_law(LinearMap& map, WeightPart part, const LinearTwin& twin,
                        std::mt19937& random) {
  const std::vector<float> x = random_vector(twin.inputs(), random);
  const std::vector<float> s = random_vector(twin.outputs(), random);
  std::vector<float> z(twin.outputs());
  std::vector<float> r(twin.inputs());
  map.apply(part, x, z, Write::Assign);
  map.adjoint(part, s, r, 1, Write::Assign);
  const auto magnitude = twin.apply(part, x).magnitude;
  double scale = 1e-6;
  for (std::size_t i = 0; i < s.size(); ++i) {
    scale += magnitude[i] * std::fabs(static_cast<double>(s[i]));
  }
  EXPECT_NEAR(dot(z, s), dot(x, r), kTolerance * scale);
}

/// Zeros where all stacked vectors of `size` have them, as behind a ReLU, and one of its own.
void clear_shared(std::vector<float>& stacked, std::size_t size, std::mt19937& random) {
  for (std::size_t i = 0; i < size; ++i) {
    if (random() % 3 != 0) continue;
    for (std::size_t at = i; at < stacked.size(); at += size) stacked[at] = 0.0F;
  }
  stacked[random() % stacked.size()] = -0.0F;
}

}  // namespace

std::vector<float> random_vector(std::size_t count, std::mt19937& random) {
  std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
  std::vector<float> values(count);
  for (float& value : values) value = uniform(random);
  return values;
}

void expect_near(const std::vector<float>& got, const LinearTwin::Result& want, const char* what,
                 double offset) {
  ASSERT_EQ(got.size(), want.value.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double bound = kTolerance * (want.magnitude[i] + std::fabs(offset)) + 1e-7;
    ASSERT_LE(std::fabs(static_cast<double>(got[i]) - want.value[i]), bound)
        << what << " at " << i << ": got " << got[i] << ", want " << want.value[i];
  }
}

void expect_like_twin(LinearMap& map, const LinearTwin& twin, std::mt19937& random) {
  const std::vector<float> x = random_vector(twin.inputs(), random);
  for (const WeightPart part : all_parts()) {
    SCOPED_TRACE("part " + std::to_string(static_cast<int>(part.kind)));
    expect_both_writes([&](std::vector<float>& z, Write write) { map.apply(part, x, z, write); },
                       twin.apply(part, x), random, "apply");
    for (const std::size_t count : {1U, 2U, 3U, 6U}) {
      std::vector<float> s = random_vector(count * twin.outputs(), random);
      clear_shared(s, twin.outputs(), random);
      expect_both_writes(
          [&](std::vector<float>& r, Write write) { map.adjoint(part, s, r, count, write); },
          twin.adjoint(part, s, count), random, "adjoint");
    }
    expect_adjoint_law(map, part, twin, random);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace relcam::testing
