#include "relevance/sweep.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <vector>

#include "canonizers/canonize.h"
#include "composites/custom.h"
#include "onnx/read_onnx.h"
#include "support/node_fixture.h"
#include "support/onnx_builder.h"

namespace relcam {
namespace {

using testing::random_floats;

/// Steps until it is finished.
template <typename Work>
std::size_t run(Work& work) {
  std::size_t steps = 0;
  for (; !work.finished(); ++steps) work.step();
  return steps;
}

double sum(std::span<const float> values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

/// A convolution of 600 million products between rectifiers over four million elements.
class HeavySweepTest : public ::testing::Test {
 protected:
  static constexpr std::int64_t kSide = 512;
  static constexpr std::int64_t kChannels = 16;

  static Graph graph() {
    Graph graph = read_onnx(
        testing::OnnxBuilder()
            .input("x", {1, kChannels, kSide, kSide})
            .floats("w", {kChannels, kChannels, 3, 3}, random_floats(kChannels * kChannels * 9, 1))
            .node("Relu", {"x"}, {"rectified"})
            .node("Conv", {"rectified", "w"}, {"z"},
                  {testing::onnx_attribute("pads", std::vector<std::int64_t>{1, 1, 1, 1})})
            .node("Relu", {"z"}, {"activation"})
            .node("GlobalAveragePool", {"activation"}, {"y"})
            .output("y")
            .bytes(),
        {});
    canonize(graph, {}, ThreadPool(1));
    return graph;
  }

  HeavySweepTest() {
    std::vector<bool> kept(program_.graph().values.size(), false);
    kept[static_cast<std::size_t>(y())] = true;
    binding_.mark_reads(kept);
    forward_.emplace(program_, kept);
    const ValueId x = program_.graph().inputs.front();
    std::ranges::copy(random_floats(program_.value_size(x), 3), forward_->input(x).begin());
    run(*forward_);
  }

  ValueId y() const { return program_.graph().outputs.front(); }
  ValueId x() const { return program_.graph().inputs.front(); }

  std::vector<float> sweep(Denomination& denomination,
                           const std::vector<std::vector<float>>& seeds) const {
    Sweep sweep(denomination, seeds);
    EXPECT_GT(run(sweep), binding_.nodes().size());
    const auto relevance = sweep.relevance(x());
    return {relevance.begin(), relevance.end()};
  }

  ThreadPool pool_{1};
  Program program_{graph(), pool_};
  Binding binding_{program_,
                   make_custom_composite(
                       std::vector<RuleRow>{{.op_type = "Conv", .rule = "z-plus"},
                                            {.op_type = "GlobalAveragePool", .rule = "z-plus"}}),
                   y(),
                   {x()}};
  std::optional<ForwardPass> forward_;
};

TEST_F(HeavySweepTest, ShortStepsConserveRelevanceAndTreatStackedStartsAlike) {
  const PixelBounds pixels;
  Denomination denomination(binding_, *forward_, pixels);

  std::vector<std::vector<float>> seeds{random_floats(kChannels, 5), random_floats(kChannels, 7)};
  for (float& value : seeds[1]) value = std::abs(value);
  const std::vector<float> both = sweep(denomination, seeds);
  const std::vector<float> second = sweep(denomination, {seeds[1]});
  const std::size_t size = second.size();
  ASSERT_EQ(both.size(), 2 * size);
  const double received = sum(seeds[1]);
  EXPECT_NEAR(sum(second), received, 1e-3 * received);
  for (std::size_t i = 0; i < size; ++i) {
    ASSERT_NEAR(both[size + i], second[i], 1e-6F * (1.0F + std::abs(second[i]))) << i;
  }
}

}  // namespace
}  // namespace relcam
