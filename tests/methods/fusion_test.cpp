#include "methods/fusion.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "support/refusal.h"

namespace relcam {
namespace {

using Maps = std::vector<std::vector<float>>;

const Maps kMaps{{0.0F, 0.5F, 1.0F}, {0.5F, 0.25F, 0.25F}};

TEST(Fusion, JoinsElementByElement) {
  EXPECT_EQ(fuse(kMaps, Fusion::Mean), (std::vector<float>{0.25F, 0.375F, 0.625F}));
  EXPECT_EQ(fuse(kMaps, Fusion::Max), (std::vector<float>{0.5F, 0.5F, 1.0F}));
}

TEST(Fusion, ProductsAreOfMapsThatFillTheUnitRange) {
  const Maps maps{{0.0F, 1.0F, 2.0F}, {0.5F, 0.375F, 0.25F}};
  const std::vector<float> product = fuse(maps, Fusion::Product);
  ASSERT_EQ(product.size(), 3U);
  EXPECT_NEAR(product[0], 0.0F, 1e-6F);
  EXPECT_NEAR(product[1], 0.25F, 1e-6F);
  EXPECT_NEAR(product[2], 0.0F, 1e-6F);
}

TEST(Fusion, OneMapStaysAsItIs) {
  const Maps single{kMaps.front()};
  for (const Fusion fusion : {Fusion::Mean, Fusion::Max}) {
    EXPECT_EQ(fuse(single, fusion), kMaps.front());
  }
}

TEST(Fusion, MaxOfSignedMapsIsTheStrongestEvidence) {
  const Maps maps{{-0.75F, 0.5F}, {0.5F, -0.25F}};
  EXPECT_EQ(fuse(maps, Fusion::Max), (std::vector<float>{-0.75F, 0.5F}));
}

TEST(Fusion, CanBeSwitchedOff) {
  EXPECT_EQ(find_fusion("none"), Fusion::None);
  EXPECT_EQ(find_fusion(""), Fusion::None);
}

TEST(Fusion, AnUnknownNameListsTheValidOnes) {
  const std::string message =
      testing::refusal(ErrorCode::InvalidOption, [] { find_fusion("sum"); });
  EXPECT_NE(message.find("none, mean, max, product"), std::string::npos) << message;
}

}  // namespace
}  // namespace relcam
