#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/constant.h"
#include "kernels/broadcast.h"
#include "ops/op.h"

/// Arithmetic on constants: floating types are computed in float32, integers and bools in int64.
namespace relcam {

/// A constant's elements in the type they are computed in.
template <typename T>
struct Elements {
  Shape shape;
  std::vector<T> values;
};

inline Elements<float> floats_of(const Constant& constant) {
  return {constant.shape(), constant.floats()};
}
inline Elements<std::int64_t> integers_of(const Constant& constant) {
  return {constant.shape(), constant.ints()};
}

inline Constant to_constant(Elements<float> elements) {
  return Constant::from_floats(std::move(elements.shape), std::move(elements.values));
}
inline Constant to_constant(Elements<std::int64_t> elements) {
  return Constant::from_ints(std::move(elements.shape), std::move(elements.values));
}
inline Constant to_constant(Elements<std::uint8_t> elements) {
  return Constant::from_bools(std::move(elements.shape), std::move(elements.values));
}

/// result[i] = function(a[i], b[i]) with NumPy broadcasting.
template <typename R, typename T, typename Function>
Elements<R> broadcast_map(const Elements<T>& a, const Elements<T>& b, Function&& function) {
  Elements<R> result{broadcast(a.shape, b.shape), {}};
  const std::array shapes = {a.shape, b.shape};
  const BroadcastWalk walk(result.shape, shapes);
  result.values.resize(walk.size());
  walk.visit(0, walk.size(),
             [&](std::size_t at, const BroadcastWalk::Offsets& offsets, std::size_t count) {
               const std::size_t step_a = walk.steps(0) ? 1 : 0;
               const std::size_t step_b = walk.steps(1) ? 1 : 0;
               for (std::size_t i = 0; i < count; ++i) {
                 result.values[at + i] =
                     function(a.values[offsets[0] + i * step_a], b.values[offsets[1] + i * step_b]);
               }
             });
  return result;
}

/// The node's inputs combined from left to right by `function`, a generic function of two numbers.
template <typename Function>
std::vector<Constant> fold_combined(const NodeView& view, Function&& function) {
  const auto combine = [&](auto elements_of) {
    auto result = elements_of(*view.constant(0));
    using T = typename decltype(result.values)::value_type;
    for (std::size_t i = 1; i < view.input_count(); ++i) {
      result = broadcast_map<T>(result, elements_of(*view.constant(i)), function);
    }
    return std::vector<Constant>{to_constant(std::move(result))};
  };
  return is_floating(view.input(0).dtype) ? combine(floats_of) : combine(integers_of);
}

/// Integer arithmetic that wraps around, as ONNX's reference does, instead of overflowing.
inline std::int64_t wrapped(std::uint64_t value) { return static_cast<std::int64_t>(value); }
inline std::uint64_t bits(std::int64_t value) { return static_cast<std::uint64_t>(value); }

struct AddElements {
  float operator()(float a, float b) const { return a + b; }
  std::int64_t operator()(std::int64_t a, std::int64_t b) const {
    return wrapped(bits(a) + bits(b));
  }
};
struct SubtractElements {
  float operator()(float a, float b) const { return a - b; }
  std::int64_t operator()(std::int64_t a, std::int64_t b) const {
    return wrapped(bits(a) - bits(b));
  }
};
struct MultiplyElements {
  float operator()(float a, float b) const { return a * b; }
  std::int64_t operator()(std::int64_t a, std::int64_t b) const {
    return wrapped(bits(a) * bits(b));
  }
};
struct LargerElement {
  template <typename T>
  T operator()(T a, T b) const {
    return a < b ? b : a;
  }
};
struct SmallerElement {
  template <typename T>
  T operator()(T a, T b) const {
    return b < a ? b : a;
  }
};

}  // namespace relcam
