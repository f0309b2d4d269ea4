#include "base/constant.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/error.h"

namespace relcam {
namespace {

using ::testing::ElementsAre;

/// The bytes of `values` at an odd address, as they may lie in a file.
template <typename T>
Constant unaligned(DType dtype, const std::vector<T>& values) {
  auto bytes = std::make_shared<std::vector<std::byte>>(values.size() * sizeof(T) + 1);
  std::memcpy(bytes->data() + 1, values.data(), values.size() * sizeof(T));
  return Constant(dtype, {static_cast<std::int64_t>(values.size())}, std::span(*bytes).subspan(1),
                  bytes);
}

/// The value of a binary16 pattern from IEEE 754's definition.
double half_value(std::uint16_t bits) {
  const int sign = (bits & 0x8000) != 0 ? -1 : 1;
  const int exponent = (bits >> 10) & 31;
  const double fraction = (bits & 1023) / 1024.0;
  if (exponent == 31) {
    return fraction != 0.0 ? std::numeric_limits<double>::quiet_NaN()
                           : sign * std::numeric_limits<double>::infinity();
  }
  if (exponent == 0) return sign * fraction * std::exp2(-14);
  return sign * (1.0 + fraction) * std::exp2(exponent - 15);
}

TEST(Constant, ReadsEveryFloat16) {
  std::vector<std::uint16_t> patterns(65536);
  for (std::size_t i = 0; i < patterns.size(); ++i) patterns[i] = static_cast<std::uint16_t>(i);
  const std::vector<float> values = unaligned(DType::Float16, patterns).floats();
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const double expected = half_value(patterns[i]);
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(values[i])) << i;
    } else {
      EXPECT_EQ(values[i], expected) << i;
      EXPECT_EQ(std::signbit(values[i]), std::signbit(expected)) << i;
    }
  }
}

TEST(Constant, ReadsBFloat16AsTheUpperHalfOfAFloat) {
  const std::vector<std::uint16_t> patterns = {0x3F80, 0xC040, 0x0001, 0x7F80};
  const std::vector<float> values = unaligned(DType::BFloat16, patterns).floats();
  EXPECT_THAT(values, ElementsAre(1.0F, -3.0F, std::bit_cast<float>(0x00010000U),
                                  std::numeric_limits<float>::infinity()));
}

TEST(Constant, ConvertsEveryElementType) {
  EXPECT_THAT(unaligned<float>(DType::Float32, {1.5F, -2}).ints(), ElementsAre(1, -2));
  EXPECT_THAT(unaligned<double>(DType::Float64, {-1.75}).floats(), ElementsAre(-1.75F));
  EXPECT_THAT(unaligned<std::int8_t>(DType::Int8, {-128}).floats(), ElementsAre(-128.0F));
  EXPECT_THAT(unaligned<std::uint8_t>(DType::UInt8, {255}).ints(), ElementsAre(255));
  EXPECT_THAT(unaligned<std::int16_t>(DType::Int16, {-300}).ints(), ElementsAre(-300));
  EXPECT_THAT(unaligned<std::uint16_t>(DType::UInt16, {65535}).ints(), ElementsAre(65535));
  EXPECT_THAT(unaligned<std::int32_t>(DType::Int32, {-70000}).floats(), ElementsAre(-70000.0F));
  EXPECT_THAT(unaligned<std::uint32_t>(DType::UInt32, {4294967295U}).ints(),
              ElementsAre(4294967295));
  EXPECT_THAT(unaligned<std::int64_t>(DType::Int64, {1LL << 40}).ints(), ElementsAre(1LL << 40));
  EXPECT_THAT(unaligned<std::uint64_t>(DType::UInt64, {7}).floats(), ElementsAre(7.0F));
  EXPECT_THAT(unaligned<std::uint8_t>(DType::Bool, {0, 1, 2}).floats(), ElementsAre(0, 1, 1));
}

TEST(Constant, TruncatesAndSaturatesFloatsThatAreNoIntegers) {
  const float infinity = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(Constant::from_floats({5}, {2.9F, -2.9F, nan, infinity, -infinity}).ints(),
              ElementsAre(2, -2, 0, std::numeric_limits<std::int64_t>::max(),
                          std::numeric_limits<std::int64_t>::min()));
}

TEST(Constant, CopiesShareTheBytes) {
  const Constant constant = Constant::from_floats({2, 3}, {1, 2, 3, 4, 5, 6});
  const Constant reshaped = constant.reshaped({3, 2});
  EXPECT_EQ(reshaped.bytes().data(), constant.bytes().data());
  EXPECT_EQ(reshaped.shape(), (Shape{3, 2}));
  EXPECT_THROW(constant.reshaped({7}), Error);
}

TEST(Constant, RefusesBytesThatDoNotFitTheShape) {
  const auto bytes = std::make_shared<std::vector<std::byte>>(7);
  EXPECT_THROW(Constant(DType::Float32, {2}, *bytes, bytes), Error);
  EXPECT_THROW(Constant(DType::UInt8, {-1}, *bytes, bytes), Error);
  EXPECT_THROW(Constant(DType::UInt8, {1LL << 40, 1LL << 40}, *bytes, bytes), Error);
  EXPECT_EQ(Constant(DType::UInt8, {7}, *bytes, bytes).size(), 7U);
}

TEST(Constant, HoldsTensorsWithoutElements) {
  const Constant empty = Constant::from_ints({0}, {});
  EXPECT_EQ(empty.size(), 0U);
  EXPECT_TRUE(empty.ints().empty());
}

}  // namespace
}  // namespace relcam
