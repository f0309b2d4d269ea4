#include "kernels/streamed_product.h"

#include <algorithm>

#include "kernels/simd.h"
#include "kernels/weight_map.h"

namespace relcam {
namespace {

using simd::f32x4;

/// Outputs treated at a time: two vectors of lanes.
constexpr std::size_t kOutputs = 8;
/// Inputs whose weights are mapped at a time, in the first cache.
constexpr std::size_t kInputs = 512;
/// Weights that a task should at least read to be worth a thread's attention.
constexpr std::size_t kTaskWeights = std::size_t{1} << 15U;

/// Weights from a range of inputs to up to eight outputs.
struct Weights {
  const float* low;   ///< first four outputs
  const float* high;  ///< next four
  std::size_t stride;
  std::size_t inputs;
  std::size_t outputs;
};

/// part(W) for inputs [begin, end) and outputs from `output` on: the panels themselves, or a mapped
/// copy in `scratch`, which holds kInputs * kOutputs floats.
Weights weights_of(const WeightPanels& panels, WeightPart part, std::size_t group,
                   std::size_t output, std::size_t begin, std::size_t end, float* scratch) {
  const std::size_t width = panels.width();
  const std::size_t outputs = std::min(kOutputs, panels.shape().outputs - output);
  const float* low = panels.lanes(group, output) + begin * width;
  const float* high = outputs > 4 ? panels.lanes(group, output + 4) + begin * width : low;
  const std::size_t inputs = end - begin;
  if (part.kind == WeightPart::Kind::All) return {low, high, width, inputs, outputs};
  if (width == kOutputs) {
    map_weights(part, low, inputs * width, scratch);
  } else {
    for (std::size_t i = 0; i < inputs; ++i) {
      map_weights(part, low + i * width, 4, scratch + i * kOutputs);
      map_weights(part, high + i * width, 4, scratch + i * kOutputs + 4);
    }
  }
  return {scratch, scratch + 4, kOutputs, inputs, outputs};
}

void add_first(float* to, f32x4 value, std::size_t count, bool accumulate) {
  if (accumulate) value += simd::load_first(to, count);
  simd::store_first(to, value, count);
}

/// One operand or result: rows of floats, `stride` apart.
template <typename Float>
struct Rows {
  Float* data;
  std::size_t stride;

  Float* at(std::size_t row) const { return data + row * stride; }
};

template <std::size_t rows>
void apply_weights(const Weights& weights, Rows<const float> x, Rows<float> z, bool accumulate) {
  f32x4 sums[2 * rows] = {};
  const float* low = weights.low;
  const float* high = weights.high;
  for (std::size_t i = 0; i < weights.inputs; ++i, low += weights.stride, high += weights.stride) {
    const f32x4 w0 = simd::load(low);
    const f32x4 w1 = simd::load(high);
    simd::unrolled<rows>([&](auto row) {
      const f32x4 value = simd::splat(x.at(row)[i]);
      sums[2 * row] = simd::madd(value, w0, sums[2 * row]);
      sums[2 * row + 1] = simd::madd(value, w1, sums[2 * row + 1]);
    });
  }
  simd::unrolled<rows>([&](auto row) {
    add_first(z.at(row), sums[2 * row], weights.outputs, accumulate);
    if (weights.outputs > 4) {
      add_first(z.at(row) + 4, sums[2 * row + 1], weights.outputs - 4, accumulate);
    }
  });
}

/// Adds what eight outputs send to four inputs, for every row.
template <std::size_t rows>
void adjoint_square(const Weights& weights, std::size_t input, const f32x4 (&s)[2 * rows],
                    Rows<float> r) {
  f32x4 low[4];
  f32x4 high[4];
  simd::unrolled<4>([&](auto i) {
    low[i] = simd::load(weights.low + (input + i) * weights.stride);
    high[i] = simd::load(weights.high + (input + i) * weights.stride);
  });
  simd::unrolled<rows>([&](auto row) {
    f32x4 sums[4];
    simd::unrolled<4>(
        [&](auto i) { sums[i] = simd::madd(high[i], s[2 * row + 1], low[i] * s[2 * row]); });
    simd::transpose(sums[0], sums[1], sums[2], sums[3]);
    float* to = r.at(row) + input;
    simd::store(to, simd::load(to) + ((sums[0] + sums[1]) + (sums[2] + sums[3])));
  });
}

template <std::size_t rows>
void adjoint_weights(const Weights& weights, Rows<const float> s, Rows<float> r) {
  f32x4 shares[2 * rows];
  simd::unrolled<rows>([&](auto row) {
    shares[2 * row] = simd::load_first(s.at(row), weights.outputs);
    shares[2 * row + 1] =
        weights.outputs > 4 ? simd::load_first(s.at(row) + 4, weights.outputs - 4) : simd::zero();
  });
  std::size_t input = 0;
  for (; input + 4 <= weights.inputs; input += 4) adjoint_square<rows>(weights, input, shares, r);
  for (; input < weights.inputs; ++input) {
    const f32x4 low = simd::load(weights.low + input * weights.stride);
    const f32x4 high = simd::load(weights.high + input * weights.stride);
    simd::unrolled<rows>([&](auto row) {
      r.at(row)[input] += simd::sum(simd::madd(high, shares[2 * row + 1], low * shares[2 * row]));
    });
  }
}

/// Calls use(integral constant `rows`).
template <typename Use>
void with_rows(std::size_t rows, const Use& use) {
  switch (rows) {
    case 1: return use(std::integral_constant<std::size_t, 1>{});
    case 2: return use(std::integral_constant<std::size_t, 2>{});
    case 3: return use(std::integral_constant<std::size_t, 3>{});
    default: return use(std::integral_constant<std::size_t, kStreamedRows>{});
  }
}

}  // namespace

void stream_apply(const WeightPanels& panels, WeightPart part, std::size_t rows, const float* x,
                  float* z, Write write, const ThreadPool& pool) {
  const WeightShape& shape = panels.shape();
  const std::size_t tiles = (shape.outputs + kOutputs - 1) / kOutputs;
  const std::size_t x_stride = shape.groups * shape.inputs;
  const std::size_t z_stride = shape.groups * shape.outputs;
  const std::size_t grain = std::max<std::size_t>(1, kTaskWeights / (shape.inputs * kOutputs));
  pool.parallel_for(shape.groups * tiles, grain, [&](std::size_t first, std::size_t last) {
    alignas(16) float scratch[kInputs * kOutputs];
    for (std::size_t tile = first; tile < last; ++tile) {
      const std::size_t group = tile / tiles;
      const std::size_t output = tile % tiles * kOutputs;
      for (std::size_t begin = 0; begin < shape.inputs; begin += kInputs) {
        const std::size_t end = std::min(begin + kInputs, shape.inputs);
        const Weights weights = weights_of(panels, part, group, output, begin, end, scratch);
        with_rows(rows, [&](auto count) {
          apply_weights<count()>(weights, {x + group * shape.inputs + begin, x_stride},
                                 {z + group * shape.outputs + output, z_stride},
                                 write == Write::Accumulate || begin > 0);
        });
      }
    }
  });
}

void stream_adjoint(const WeightPanels& panels, WeightPart part, std::size_t rows, const float* s,
                    float* r, Write write, const ThreadPool& pool) {
  const WeightShape& shape = panels.shape();
  const std::size_t chunks = (shape.inputs + kInputs - 1) / kInputs;
  const std::size_t s_stride = shape.groups * shape.outputs;
  const std::size_t r_stride = shape.groups * shape.inputs;
  pool.parallel_for(shape.groups * chunks, 1, [&](std::size_t first, std::size_t last) {
    alignas(16) float scratch[kInputs * kOutputs];
    for (std::size_t chunk = first; chunk < last; ++chunk) {
      const std::size_t group = chunk / chunks;
      const std::size_t begin = chunk % chunks * kInputs;
      const std::size_t end = std::min(begin + kInputs, shape.inputs);
      float* to = r + group * shape.inputs + begin;
      for (std::size_t row = 0; row < rows && write == Write::Assign; ++row) {
        std::fill_n(to + row * r_stride, end - begin, 0.0F);
      }
      for (std::size_t output = 0; output < shape.outputs; output += kOutputs) {
        const Weights weights = weights_of(panels, part, group, output, begin, end, scratch);
        with_rows(rows, [&](auto count) {
          adjoint_weights<count()>(weights, {s + group * shape.outputs + output, s_stride},
                                   {to, r_stride});
        });
      }
    }
  });
}

}  // namespace relcam
