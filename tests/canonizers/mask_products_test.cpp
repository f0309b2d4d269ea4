#include "canonizers/mask_products.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/written_formula.h"

namespace relcam {
namespace {

using ::testing::ElementsAre;
using testing::onnx_attribute;
using testing::WrittenFormula;

const testing::OnnxMessage kToFloat = onnx_attribute("to", std::int64_t{1});

std::string mask(WrittenFormula& f) {
  const std::string truth = f("Greater", {"x", f.number(0.25F)});
  return f("Cast", {truth}, {kToFloat});
}

TEST(MaskProducts, AMaskChoosesFromEitherSide) {
  for (const bool mask_first : {true, false}) {
    WrittenFormula f({1, 3, 4, 4});
    const std::string masked = f("Sigmoid", {"x"});
    const std::string ones = mask(f);
    f("Mul", mask_first ? std::vector{ones, masked} : std::vector{masked, ones});
    EXPECT_THAT(f.operators(), ::testing::UnorderedElementsAre("Sigmoid", "Greater", "Where"));
    f.expect_unchanged();
  }
}

TEST(MaskProducts, AMaskServesSeveralProducts) {
  WrittenFormula f({2, 3});
  const std::string ones = mask(f);
  f("Add", {f("Mul", {f("Exp", {"x"}), ones}), f("Mul", {ones, f("Neg", {"x"})})});
  EXPECT_THAT(f.operators(), ElementsAre("Greater", "Exp", "Where", "Neg", "Where", "Add"));
  f.expect_unchanged();
}

TEST(MaskProducts, OtherCastsAndProductsStay) {
  WrittenFormula f({2, 3});
  const std::string ones = mask(f);
  f("Add", {f("Mul", {"x", f("Exp", {"x"})}), ones});
  EXPECT_THAT(f.operators(), ElementsAre("Greater", "Cast", "Exp", "Mul", "Add"));
  f.expect_unchanged();
}

}  // namespace
}  // namespace relcam
