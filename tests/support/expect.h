#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"

namespace relcam::testing {

/// Element by element within `tolerance` of max(1, |expected|).
inline void expect_near(const std::vector<float>& actual, const std::vector<float>& expected,
                        float tolerance = 1e-6F) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const float scale = std::max(1.0F, std::fabs(expected[i]));
    EXPECT_NEAR(actual[i], expected[i], tolerance * scale) << "element " << i;
  }
}

/// `run` must throw an Error of that code whose message names the node and contains `part`.
inline void expect_error(ErrorCode code, const std::string& part,
                         const std::function<void()>& run) {
  try {
    run();
    ADD_FAILURE() << "no error about '" << part << "'";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_EQ(error.node(), "node") << error.what();
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

}  // namespace relcam::testing
