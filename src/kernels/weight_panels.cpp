#include "kernels/weight_panels.h"

#include <algorithm>

#include "base/divide_up.h"
#include "base/error.h"

namespace relcam {
namespace {

std::size_t checked_size(const WeightShape& shape, std::size_t width, std::size_t panels) {
  const auto dimension = [](std::size_t size) { return static_cast<std::int64_t>(size); };
  return element_count({dimension(shape.groups), dimension(panels),
                        dimension(shape.taps * shape.inputs + 1), dimension(width)});
}

/// The weights' own memory where they can be packed in place.
AlignedFloats memory_for(const WeightSource& source, std::size_t floats) {
  const bool keeps_order =
      source.order == WeightSource::Order::OutputsFirst && source.values.dtype() == DType::Float32;
  AlignedFloats own = keeps_order ? source.values.take(floats) : nullptr;
  return own ? std::move(own) : aligned_floats(floats);
}

}  // namespace

std::vector<float> constant_slice(const Constant& constant, std::size_t begin, std::size_t count) {
  const std::size_t size = size_of(constant.dtype());
  return Constant(constant.dtype(), {static_cast<std::int64_t>(count)},
                  constant.bytes().subspan(begin * size, count * size), nullptr)
      .floats();
}

WeightPanels::WeightPanels(const WeightShape& shape, const WeightSource& source, std::size_t width)
    : shape_(shape),
      width_(width),
      panels_(divide_up(shape.outputs, width)),
      packed_(memory_for(source, checked_size(shape, width, panels_))) {
  if (source.order == WeightSource::Order::OutputsFirst) {
    pack_outputs_first(source);
  } else {
    std::fill_n(packed_.get(), checked_size(shape, width, panels_), 0.0F);
    pack_inputs_first(source);
  }
  pack_bias(source.bias);
}

/// From the last panel to the first: packed panels are no shorter than their weights, so that in
/// place none covers weights that are still to be packed.
void WeightPanels::pack_outputs_first(const WeightSource& source) {
  const std::size_t row_size = depth();
  for (std::size_t group = shape_.groups; group-- > 0;) {
    for (std::size_t index = panels_; index-- > 0;) {
      const std::size_t first = index * width_;
      const std::size_t rows = std::min(width_, shape_.outputs - first);
      const std::vector<float> weights = constant_slice(
          source.values, (group * shape_.outputs + first) * row_size, rows * row_size);
      float* to = packed_.get() + (group * panels_ + index) * (row_size + 1) * width_;
      std::fill_n(to, width_, 0.0F);  // biases
      to += width_;
      for (std::size_t tap = 0; tap < shape_.taps; ++tap) {
        for (std::size_t input = 0; input < shape_.inputs; ++input, to += width_) {
          const float* from = weights.data() + input * shape_.taps + tap;
          for (std::size_t row = 0; row < rows; ++row)
            to[row] = source.scale * from[row * row_size];
          for (std::size_t row = rows; row < width_; ++row) to[row] = 0.0F;
        }
      }
    }
  }
}

void WeightPanels::pack_inputs_first(const WeightSource& source) {
  for (std::size_t input = 0; input < shape_.inputs; ++input) {
    const std::vector<float> weights =
        constant_slice(source.values, input * shape_.outputs, shape_.outputs);
    for (std::size_t output = 0; output < shape_.outputs; ++output) {
      const std::size_t panel_start = output / width_ * (depth() + 1) * width_;
      packed_[panel_start + (input + 1) * width_ + output % width_] =
          source.scale * weights[output];
    }
  }
}

void WeightPanels::pack_bias(std::span<const float> bias) {
  for (std::size_t channel = 0; channel < bias.size(); ++channel) {
    const std::size_t output = channel % shape_.outputs;
    const std::size_t index = channel / shape_.outputs * panels_ + output / width_;
    packed_[index * (depth() + 1) * width_ + output % width_] = bias[channel];
  }
}

}  // namespace relcam
