#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace relcam::testing {

/// Every element within 2e-6 of the twin's largest.
inline void expect_close(std::span<const float> got, std::span<const double> want) {
  ASSERT_EQ(got.size(), want.size());
  double largest = 0.0;
  for (const double value : want) largest = std::max(largest, std::abs(value));
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(got[i]), want[i], 2e-6 * largest) << "element " << i;
  }
}

/// The same for a twin that may have the other sign.
inline void expect_close_up_to_sign(std::span<const float> got, std::vector<double> want) {
  ASSERT_EQ(got.size(), want.size());
  double product = 0.0;
  for (std::size_t i = 0; i < got.size(); ++i) product += static_cast<double>(got[i]) * want[i];
  if (product < 0.0) {
    for (double& value : want) value = -value;
  }
  expect_close(got, want);
}

}  // namespace relcam::testing
