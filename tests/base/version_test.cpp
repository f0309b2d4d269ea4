#include "base/version.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace relcam {
namespace {

TEST(Version, IsThreeNumbers) {
  const std::string text(version());
  int major = 0;
  int minor = 0;
  int patch = 0;
  char rest = 0;
  EXPECT_EQ(std::sscanf(text.c_str(), "%d.%d.%d%c", &major, &minor, &patch, &rest), 3) << text;
}

}  // namespace
}  // namespace relcam
