#include "kernels/weight_panels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <numeric>
#include <optional>

namespace relcam {
namespace {

constexpr std::size_t kWidth = 8;

std::vector<float> counted(std::size_t count) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), 1.0F);
  return values;
}

/// The panels by the layout's definition (see WeightPanels).
std::vector<float> twin(const WeightShape& shape, const std::vector<float>& weights) {
  std::vector<float> packed;
  for (std::size_t group = 0; group < shape.groups; ++group) {
    for (std::size_t first = 0; first < shape.outputs; first += kWidth) {
      packed.insert(packed.end(), kWidth, 0.0F);
      for (std::size_t tap = 0; tap < shape.taps; ++tap) {
        for (std::size_t input = 0; input < shape.inputs; ++input) {
          for (std::size_t output = first; output < first + kWidth; ++output) {
            const std::size_t row = group * shape.outputs + output;
            packed.push_back(output < shape.outputs
                                 ? 2.0F * weights[(row * shape.inputs + input) * shape.taps + tap]
                                 : 0.0F);
          }
        }
      }
    }
  }
  return packed;
}

Shape shape_of(const WeightShape& shape) {
  const auto size = [](std::size_t value) { return static_cast<std::int64_t>(value); };
  return {size(shape.groups * shape.outputs), size(shape.inputs), size(shape.taps)};
}

Constant in_block(const WeightShape& shape, const std::vector<float>& weights) {
  const auto block = std::make_shared<WeightBlock>(weights.size() * sizeof(float));
  std::memcpy(block->data.get(), weights.data(), block->size);
  return Constant(DType::Float32, shape_of(shape), block);
}

class WeightPanelsInPlace : public ::testing::TestWithParam<WeightShape> {};

TEST_P(WeightPanelsInPlace, EqualTheirDefinition) {
  const WeightShape shape = GetParam();
  const std::vector<float> weights =
      counted(shape.groups * shape.outputs * shape.inputs * shape.taps);
  Constant constant = in_block(shape, weights);
  const void* memory = constant.bytes().data();
  constant.expire();
  const WeightPanels panels(shape, {.values = constant, .scale = 2.0F}, kWidth);
  EXPECT_EQ(static_cast<const void*>(panels.packed()), memory);
  const std::vector<float> wanted = twin(shape, weights);
  EXPECT_EQ(std::vector<float>(panels.packed(), panels.packed() + wanted.size()), wanted);
}

INSTANTIATE_TEST_SUITE_P(Shapes, WeightPanelsInPlace,
                         ::testing::Values(WeightShape{.inputs = 5, .outputs = 16},
                                           WeightShape{.inputs = 3, .outputs = 13},
                                           WeightShape{.inputs = 4, .outputs = 24, .taps = 9},
                                           WeightShape{
                                               .groups = 3, .inputs = 2, .outputs = 5, .taps = 4}));

TEST(WeightPanels, LeaveMemoryAloneThatOthersRead) {
  const WeightShape shape{.inputs = 5, .outputs = 16};
  const std::vector<float> weights = counted(80);
  const auto packs_in_place = [&](Constant& constant) {
    const void* memory = constant.bytes().data();
    const WeightPanels panels(shape, {.values = constant, .scale = 2.0F}, kWidth);
    const std::vector<float> wanted = twin(shape, weights);
    EXPECT_EQ(std::vector<float>(panels.packed(), panels.packed() + wanted.size()), wanted);
    return static_cast<const void*>(panels.packed()) == memory;
  };
  Constant read_again = in_block(shape, weights);
  EXPECT_FALSE(packs_in_place(read_again));
  EXPECT_EQ(read_again.floats(), weights);
  Constant shared = in_block(shape, weights);
  const Constant copy = shared;
  shared.expire();
  EXPECT_FALSE(packs_in_place(shared));
  EXPECT_EQ(copy.floats(), weights);
  Constant plain = Constant::from_floats(shape_of(shape), weights);
  plain.expire();
  EXPECT_FALSE(packs_in_place(plain));
}

TEST(WeightPanels, TakeOtherMemoryWhereTheirsIsTooSmall) {
  const WeightShape shape{.groups = 5000, .inputs = 1, .outputs = 1};
  const std::vector<float> weights = counted(5000);
  Constant constant = in_block(shape, weights);
  const void* memory = constant.bytes().data();
  constant.expire();
  const WeightPanels panels(shape, {.values = constant, .scale = 2.0F}, kWidth);
  EXPECT_NE(static_cast<const void*>(panels.packed()), memory);
  const std::vector<float> wanted = twin(shape, weights);
  EXPECT_EQ(std::vector<float>(panels.packed(), panels.packed() + wanted.size()), wanted);
}

}  // namespace
}  // namespace relcam
