#include "kernels/pooling.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "support/linear_twin.h"

namespace relcam {
namespace {

using testing::Entry;
using testing::LinearTwin;

constexpr unsigned kSeed = 7;

/// A random pool; windows may reach past the padding at the end, as with ceil_mode.
PoolShape random_pool(std::mt19937& random) {
  const auto draw = [&](std::size_t low, std::size_t high) {
    return std::uniform_int_distribution<std::size_t>(low, high)(random);
  };
  PoolShape shape;
  shape.batch = draw(1, 2);
  shape.channels = draw(1, 19);
  Window2d& w = shape.window;
  w.kernel = {draw(1, 3), draw(1, 4)};
  w.stride = {draw(1, 3), draw(1, 3)};
  w.dilation = {draw(1, 2), draw(1, 2)};
  w.pads = {draw(0, w.kernel.height - 1), draw(0, w.kernel.width - 1), draw(0, w.kernel.height - 1),
            draw(0, w.kernel.width - 1)};
  shape.input = {draw(7, 11), draw(8, 11)};
  const auto output = [&](std::size_t input, std::size_t kernel, std::size_t stride,
                          std::size_t dilation, std::size_t begin, std::size_t end) {
    const std::size_t room = input + begin + end - (kernel - 1) * dilation - 1;
    const std::size_t whole = room / stride + 1;
    return whole + (whole * stride < input + begin ? draw(0, 1) : 0);
  };
  shape.output = {output(shape.input.height, w.kernel.height, w.stride.height, w.dilation.height,
                         w.pads.top, w.pads.bottom),
                  output(shape.input.width, w.kernel.width, w.stride.width, w.dilation.width,
                         w.pads.left, w.pads.right)};
  return shape;
}

std::size_t input_size(const PoolShape& s) { return s.batch * s.input.area() * s.channels; }
std::size_t output_size(const PoolShape& s) { return s.batch * s.output.area() * s.channels; }

/// Calls visit(output element, input elements in row-major order, padding positions seen).
template <typename Visit>
void for_every_window(const PoolShape& s, const Visit& visit) {
  const Window2d& w = s.window;
  for (std::size_t i = 0; i < output_size(s); ++i) {
    const std::size_t c = i % s.channels;
    const std::size_t ox = i / s.channels % s.output.width;
    const std::size_t oy = i / s.channels / s.output.width % s.output.height;
    const std::size_t n = i / s.channels / s.output.area();
    std::vector<std::size_t> seen;
    std::size_t padding = 0;
    for (std::size_t tap = 0; tap < w.kernel.area(); ++tap) {
      const std::size_t y = oy * w.stride.height + tap / w.kernel.width * w.dilation.height;
      const std::size_t x = ox * w.stride.width + tap % w.kernel.width * w.dilation.width;
      const bool inside = y >= w.pads.top && y < s.input.height + w.pads.top && x >= w.pads.left &&
                          x < s.input.width + w.pads.left;
      if (inside) {
        seen.push_back(((n * s.input.height + y - w.pads.top) * s.input.width + x - w.pads.left) *
                           s.channels +
                       c);
      } else if (y < s.input.height + w.pads.top + w.pads.bottom &&
                 x < s.input.width + w.pads.left + w.pads.right) {
        ++padding;
      }
    }
    visit(i, seen, padding);
  }
}

std::string describe(const PoolShape& s, int i) {
  return "seed " + std::to_string(kSeed) + " case " + std::to_string(i) + ": input " +
         std::to_string(s.input.height) + "x" + std::to_string(s.input.width) + " kernel " +
         std::to_string(s.window.kernel.height) + "x" + std::to_string(s.window.kernel.width) +
         " channels " + std::to_string(s.channels);
}

TEST(MaxPool, TakesTheFirstWinnerOfEachWindow) {
  std::mt19937 random(kSeed);
  for (int i = 0; i < 60; ++i) {
    const PoolShape shape = random_pool(random);
    SCOPED_TRACE(describe(shape, i));
    const ThreadPool pool(i % 8 == 7 ? 2 : 1);
    // Few distinct values, so that ties abound.
    std::uniform_int_distribution<int> level(-2, 2);
    std::vector<float> x(input_size(shape));
    for (float& value : x) value = static_cast<float>(level(random));
    const std::vector<float> dy = testing::random_vector(output_size(shape), random);

    std::vector<float> want_y(dy.size());
    LinearTwin::Result want_dx{std::vector<double>(x.size()), std::vector<double>(x.size(), 1.0)};
    for_every_window(shape,
                     [&](std::size_t output, const std::vector<std::size_t>& seen, std::size_t) {
                       ASSERT_FALSE(seen.empty());
                       std::size_t winner = seen[0];
                       for (const std::size_t candidate : seen) {
                         if (x[candidate] > x[winner]) winner = candidate;
                       }
                       want_y[output] = x[winner];
                       want_dx.value[winner] += static_cast<double>(dy[output]);
                     });

    std::vector<float> y(dy.size());
    max_pool(shape, x, y, pool);
    EXPECT_EQ(y, want_y);
    std::vector<float> dx(x.size(), 99.0F);
    max_pool_vjp(shape, x, dy, dx, pool);
    testing::expect_near(dx, want_dx, "vjp");
  }
}

void expect_average(bool counts_padding) {
  std::mt19937 random(kSeed);
  for (int i = 0; i < 40 && !::testing::Test::HasFailure(); ++i) {
    const PoolShape shape = random_pool(random);
    SCOPED_TRACE(describe(shape, i));
    const ThreadPool pool(i % 8 == 7 ? 2 : 1);
    std::vector<Entry> entries;
    for_every_window(
        shape, [&](std::size_t output, const std::vector<std::size_t>& seen, std::size_t padding) {
          const std::size_t count = seen.size() + (counts_padding ? padding : 0);
          for (const std::size_t input : seen) {
            entries.push_back({output, input, 1.0 / static_cast<double>(count)});
          }
        });
    const LinearTwin twin(std::move(entries), input_size(shape), output_size(shape));
    AveragePooling pooling(shape, counts_padding, pool);
    EXPECT_FALSE(pooling.has_negative_weights());
    EXPECT_TRUE(pooling.bias().empty());
    testing::expect_like_twin(pooling, twin, random);
  }
}

TEST(AveragePool, EqualsItsDefinition) { expect_average(false); }

TEST(AveragePool, CountsPaddingWhenAsked) { expect_average(true); }

}  // namespace
}  // namespace relcam
