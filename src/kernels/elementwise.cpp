#include "kernels/elementwise.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/small_code.h"

namespace relcam {
namespace {

/// Elements that are worth a thread's while.
constexpr std::size_t kGrain = 16384;

template <typename Function>
void binary_loop(Operand a, Operand b, float* y, std::size_t count) {
  constexpr Function function;
  if (a.steps && b.steps) {
    for (std::size_t i = 0; i < count; ++i) y[i] = function(a.data[i], b.data[i]);
  } else if (a.steps) {
    const float fixed = *b.data;
    for (std::size_t i = 0; i < count; ++i) y[i] = function(a.data[i], fixed);
  } else if (b.steps) {
    const float fixed = *a.data;
    for (std::size_t i = 0; i < count; ++i) y[i] = function(fixed, b.data[i]);
  } else {
    std::fill_n(y, count, function(*a.data, *b.data));
  }
}

template <typename Derivative>
RELCAM_SMALL_CODE void derivative_loop(Operand a, Operand b, float* y, std::size_t count) {
  const std::size_t step_a = a.steps ? 1 : 0;
  const std::size_t step_b = b.steps ? 1 : 0;
  for (std::size_t i = 0; i < count; ++i) {
    y[i] = Derivative{}(a.data[i * step_a], b.data[i * step_b]);
  }
}

template <typename Function, typename ByA, typename ByB>
constexpr Binary binary_row(Function, ByA, ByB) {
  return {binary_loop<Function>, derivative_loop<ByA>, derivative_loop<ByB>};
}

/// One segment's worth of derivatives is kept in the first-level cache.
constexpr std::size_t kChunk = 512;

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

/// The segments of result elements [first, last) cut to at most kChunk elements.
template <typename Visit>
void visit_chunks(const BroadcastWalk& walk, std::size_t first, std::size_t last, Visit&& visit) {
  for (std::size_t begin = first; begin < last; begin += kChunk) {
    walk.visit(begin, std::min(begin + kChunk, last), visit);
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
    walk.visit(first, last,
               [&](std::size_t at, const BroadcastWalk::Offsets& offsets, std::size_t count) {
                 loop({a.data() + offsets[0], walk.steps(0)},
                      {b.data() + offsets[1], walk.steps(1)}, y.data() + at, count);
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
    visit_chunks(walk, first, last,
                 [&](std::size_t at, const BroadcastWalk::Offsets& offsets, std::size_t count) {
                   derivative({a.data() + offsets[0], walk.steps(0)},
                              {b.data() + offsets[1], walk.steps(1)}, chunk.data(), count);
                   multiply_by(dy.data() + at, chunk.data(), count);
                   float* to = d_operand.data() + offsets[operand];
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
    visit_chunks(walk, first, last,
                 [&](std::size_t at, const BroadcastWalk::Offsets& offsets, std::size_t count) {
                   derivative({a.data() + offsets[0], walk.steps(0)},
                              {b.data() + offsets[1], walk.steps(1)}, chunk.data(), count);
                   const float* from = d_operand.data() + offsets[operand];
                   float* to = dy.data() + at;
                   for (std::size_t i = 0; i < count; ++i) to[i] += chunk[i] * from[i * step];
                 });
  });
}

void weighted_sum(const BroadcastWalk& walk, std::span<const float> a, float weight_a,
                  std::span<const float> b, float weight_b, std::span<float> y, Bounds bounds,
                  const ThreadPool& pool) {
  const auto sum = [=](float from_a, float from_b) {
    return bounds.clamp(weight_a * from_a + weight_b * from_b);
  };
  const auto segment = [&](std::size_t at, const BroadcastWalk::Offsets& offsets,
                           std::size_t count) {
    const float* from_a = a.data() + offsets[0];
    const float* from_b = b.data() + offsets[1];
    float* to = y.data() + at;
    if (walk.steps(0) && walk.steps(1)) {
      for (std::size_t i = 0; i < count; ++i) to[i] = sum(from_a[i], from_b[i]);
    } else if (walk.steps(0)) {
      const float fixed = *from_b;
      for (std::size_t i = 0; i < count; ++i) to[i] = sum(from_a[i], fixed);
    } else if (walk.steps(1)) {
      const float fixed = *from_a;
      for (std::size_t i = 0; i < count; ++i) to[i] = sum(fixed, from_b[i]);
    } else {
      std::fill_n(to, count, sum(*from_a, *from_b));
    }
  };
  pool.parallel_for(walk.size(), kGrain,
                    [&](std::size_t first, std::size_t last) { walk.visit(first, last, segment); });
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
