#include "kernels/interpolation.h"

#include <algorithm>

#include "kernels/weight_map.h"

namespace relcam {
namespace {

bool any_is_negative(const ResizedAxis& axis) {
  return std::ranges::any_of(axis.outputs, [](const auto& taps) {
    return std::ranges::any_of(taps, [](const auto& tap) { return tap.weight < 0.0F; });
  });
}

void add_scaled(const float* x, float weight, float* y, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) y[i] += weight * x[i];
}

}  // namespace

InterpolationMap::InterpolationMap(Interpolation shape, const ThreadPool& pool)
    : shape_(std::move(shape)),
      has_negative_weights_(any_is_negative(shape_.a) || any_is_negative(shape_.b)),
      pool_(pool) {}

template <typename Visit>
void InterpolationMap::visit_row(std::size_t row, WeightPart part, Visit&& visit) const {
  const auto& [outer, a, middle, b, inner] = shape_;
  const std::size_t a_outputs = a.outputs.size();
  const std::size_t b_outputs = b.outputs.size();
  for (std::size_t m = 0; m < middle; ++m) {
    for (std::size_t j = 0; j < b_outputs; ++j) {
      const std::size_t output = ((row * middle + m) * b_outputs + j) * inner;
      for (const ResizedAxis::Tap& from_a : a.outputs[row % a_outputs]) {
        const std::size_t plane = (row / a_outputs * a.inputs + from_a.input) * middle + m;
        for (const ResizedAxis::Tap& from_b : b.outputs[j]) {
          const float weight = mapped_weight(part, from_a.weight * from_b.weight);
          visit((plane * b.inputs + from_b.input) * inner, output, weight);
        }
      }
    }
  }
}

void InterpolationMap::apply(WeightPart part, std::span<const float> x, std::span<float> z,
                             Write write) {
  if (write == Write::Assign) std::ranges::fill(z, 0.0F);
  const std::size_t rows = shape_.outer * shape_.a.outputs.size();
  pool_.parallel_for(rows, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      visit_row(row, part, [&](std::size_t from, std::size_t to, float weight) {
        add_scaled(x.data() + from, weight, z.data() + to, shape_.inner);
      });
    }
  });
}

void InterpolationMap::adjoint(WeightPart part, std::span<const float> s, std::span<float> r,
                               std::size_t count, Write write) {
  if (write == Write::Assign) std::ranges::fill(r, 0.0F);
  // Rows of one outer index share input elements: those stay with one thread.
  pool_.parallel_for(count * shape_.outer, 1, [&](std::size_t begin, std::size_t end) {
    const std::size_t first = begin * shape_.a.outputs.size();
    const std::size_t last = end * shape_.a.outputs.size();
    for (std::size_t row = first; row < last; ++row) {
      visit_row(row, part, [&](std::size_t from, std::size_t to, float weight) {
        add_scaled(s.data() + to, weight, r.data() + from, shape_.inner);
      });
    }
  });
}

}  // namespace relcam
