#include "kernels/elementwise.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/function_ref.h"
#include "base/small_code.h"

namespace relcam {
namespace {

/// Elements that are worth a thread's while.
constexpr std::size_t kGrain = 16384;

template <typename Function>
void binary_loop(const float* a, const float* b, float* y, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) y[i] = Function{}(a[i], b[i]);
}

template <typename Derivative>
RELCAM_SMALL_CODE void derivative_loop(const float* a, const float* b, float* y,
                                       std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) y[i] = Derivative{}(a[i], b[i]);
}

template <typename Function, typename ByA, typename ByB>
constexpr Binary binary_row(Function, ByA, ByB) {
  return {binary_loop<Function>, derivative_loop<ByA>, derivative_loop<ByB>};
}

/// What is kept of one segment stays in the first-level cache.
constexpr std::size_t kChunk = 1024;

float sum_of(const float* values, std::size_t count) {
  std::array<float, 8> lanes{};
  std::size_t i = 0;
  for (; i + lanes.size() <= count; i += lanes.size()) {
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) lanes[lane] += values[i + lane];
  }
  float sum = 0.0F;
  for (; i < count; ++i) sum += values[i];
  for (const float lane : lanes) sum += lane;
  return sum;
}

/// y[i] *= x[i].
void multiply_by(const float* x, float* y, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) y[i] *= x[i];
}

void add_to(const float* x, float* y, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) y[i] += x[i];
}

void scale_loop(const float* x, float weight, float* y, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) y[i] = weight * x[i];
}

/// Neighbouring result elements with as many of each operand, repeated where broadcasting repeats.
struct Segment {
  std::size_t at;
  std::size_t count;  ///< at most kChunk
  const float* a;
  const float* b;
  const BroadcastWalk::Offsets& offsets;  ///< of the operands' own elements
};

const float* repeated(const float* from, bool steps, std::size_t count, float* to) {
  if (steps) return from;
  std::fill_n(to, count, *from);
  return to;
}

/// The segments of result elements [first, last).
void visit_segments(const BroadcastWalk& walk, std::size_t first, std::size_t last, const float* a,
                    const float* b, FunctionRef<void(const Segment&)> visit) {
  std::array<float, kChunk> many_a;
  std::array<float, kChunk> many_b;
  for (std::size_t begin = first; begin < last; begin += kChunk) {
    walk.visit(begin, std::min(begin + kChunk, last),
               [&](std::size_t at, const BroadcastWalk::Offsets& offsets, std::size_t count) {
                 visit({.at = at,
                        .count = count,
                        .a = repeated(a + offsets[0], walk.steps(0), count, many_a.data()),
                        .b = repeated(b + offsets[1], walk.steps(1), count, many_b.data()),
                        .offsets = offsets});
               });
  }
}

}  // namespace

namespace binary {

constexpr Binary multiply =
    binary_row([](float a, float b) { return a * b; }, [](float, float b) { return b; },
               [](float a, float) { return a; });

constexpr Binary divide =
    binary_row([](float a, float b) { return a / b; }, [](float, float b) { return 1.0F / b; },
               [](float a, float b) { return -a / (b * b); });

constexpr Binary power = binary_row(
    [](float a, float b) { return b == 2.0F ? a * a : std::pow(a, b); },
    [](float a, float b) {
      return b == 0.0F ? 0.0F : (b == 2.0F ? 2.0F * a : b * std::pow(a, b - 1.0F));
    },
    [](float a, float b) { return a == 0.0F && b >= 0.0F ? 0.0F : std::pow(a, b) * std::log(a); });

/// Of equal arguments each takes half of the gradient.
constexpr Binary maximum =
    binary_row([](float a, float b) { return a < b ? b : a; },
               [](float a, float b) { return a > b ? 1.0F : (a == b ? 0.5F : 0.0F); },
               [](float a, float b) { return b > a ? 1.0F : (a == b ? 0.5F : 0.0F); });

constexpr Binary minimum =
    binary_row([](float a, float b) { return b < a ? b : a; },
               [](float a, float b) { return a < b ? 1.0F : (a == b ? 0.5F : 0.0F); },
               [](float a, float b) { return b < a ? 1.0F : (a == b ? 0.5F : 0.0F); });

/// b is the slope of the negative side.
constexpr Binary prelu = binary_row([](float a, float b) { return a > 0.0F ? a : a * b; },
                                    [](float a, float b) { return a > 0.0F ? 1.0F : b; },
                                    [](float a, float) { return a > 0.0F ? 0.0F : a; });

}  // namespace binary

void apply_binary(BinaryLoop loop, const BroadcastWalk& walk, std::span<const float> a,
                  std::span<const float> b, std::span<float> y, const ThreadPool& pool) {
  pool.parallel_for(walk.size(), kGrain, [&](std::size_t first, std::size_t last) {
    visit_segments(walk, first, last, a.data(), b.data(), [&](const Segment& segment) {
      loop(segment.a, segment.b, y.data() + segment.at, segment.count);
    });
  });
}

void apply_binary_gradient(BinaryLoop derivative, const BroadcastWalk& walk, std::size_t operand,
                           std::span<const float> a, std::span<const float> b,
                           std::span<const float> dy, std::span<float> d_operand,
                           const ThreadPool& pool) {
  const bool covers = walk.covers(operand);
  const auto run = [&](std::size_t first, std::size_t last) {
    std::array<float, kChunk> chunk;
    visit_segments(walk, first, last, a.data(), b.data(), [&](const Segment& segment) {
      const std::size_t count = segment.count;
      derivative(segment.a, segment.b, chunk.data(), count);
      multiply_by(dy.data() + segment.at, chunk.data(), count);
      float* to = d_operand.data() + segment.offsets[operand];
      if (covers) {
        std::copy_n(chunk.data(), count, to);
      } else if (walk.steps(operand)) {
        add_to(chunk.data(), to, count);
      } else {
        *to += sum_of(chunk.data(), count);
      }
    });
  };
  if (covers) return pool.parallel_for(walk.size(), kGrain, run);
  std::ranges::fill(d_operand, 0.0F);
  run(0, walk.size());
}

void add_binary_tangent(BinaryLoop derivative, const BroadcastWalk& walk, std::size_t operand,
                        std::span<const float> a, std::span<const float> b,
                        std::span<const float> d_operand, std::span<float> dy,
                        const ThreadPool& pool) {
  const std::size_t step = walk.steps(operand) ? 1 : 0;
  pool.parallel_for(walk.size(), kGrain, [&](std::size_t first, std::size_t last) {
    std::array<float, kChunk> chunk;
    visit_segments(walk, first, last, a.data(), b.data(), [&](const Segment& segment) {
      derivative(segment.a, segment.b, chunk.data(), segment.count);
      const float* from = d_operand.data() + segment.offsets[operand];
      float* to = dy.data() + segment.at;
      for (std::size_t i = 0; i < segment.count; ++i) to[i] += chunk[i] * from[i * step];
    });
  });
}

void weighted_sum(const BroadcastWalk& walk, std::span<const float> a, float weight_a,
                  std::span<const float> b, float weight_b, std::span<float> y, Bounds bounds,
                  const ThreadPool& pool) {
  pool.parallel_for(walk.size(), kGrain, [&](std::size_t first, std::size_t last) {
    visit_segments(walk, first, last, a.data(), b.data(), [&](const Segment& segment) {
      float* to = y.data() + segment.at;
      for (std::size_t i = 0; i < segment.count; ++i) {
        to[i] = bounds.clamp(weight_a * segment.a[i] + weight_b * segment.b[i]);
      }
    });
  });
}

void stretch(const BroadcastWalk& walk, std::span<const float> x, float weight, std::span<float> y,
             const ThreadPool& pool) {
  const auto segment = [&](std::size_t at, const BroadcastWalk::Offsets& offsets,
                           std::size_t count) {
    const float* from = x.data() + offsets[0];
    if (walk.steps(0)) {
      scale_loop(from, weight, y.data() + at, count);
    } else {
      std::fill_n(y.data() + at, count, weight * *from);
    }
  };
  pool.parallel_for(walk.size(), kGrain,
                    [&](std::size_t first, std::size_t last) { walk.visit(first, last, segment); });
}

void sum_stretched(const BroadcastWalk& walk, std::span<const float> y, float weight,
                   std::span<float> x, const ThreadPool& pool) {
  if (walk.covers(0)) {
    return pool.parallel_for(walk.size(), kGrain, [&](std::size_t first, std::size_t last) {
      scale_loop(y.data() + first, weight, x.data() + first, last - first);
    });
  }
  std::ranges::fill(x, 0.0F);
  walk.visit(0, walk.size(),
             [&](std::size_t at, const BroadcastWalk::Offsets& offsets, std::size_t count) {
               float* to = x.data() + offsets[0];
               if (walk.steps(0)) {
                 add_to(y.data() + at, to, count);
               } else {
                 *to += sum_of(y.data() + at, count);
               }
             });
  if (weight != 1.0F) scale_loop(x.data(), weight, x.data(), x.size());
}

void accumulate(std::span<const float> x, std::span<float> y) {
  add_to(x.data(), y.data(), x.size());
}

}  // namespace relcam
