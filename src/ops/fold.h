#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/constant.h"
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

/// A function of two numbers, in float32 and in int64: a view of a function object, which must
/// outlive it. Erased, so that folding is compiled once for all operators.
class ElementFunction {
 public:
  template <typename Function>
    requires(!std::same_as<Function, ElementFunction>)
  // NOLINTNEXTLINE(google-explicit-constructor): stands for the function it views
  ElementFunction(const Function& function)
      : function_(&function),
        floats_([](const void* object, float a, float b) {
          return static_cast<float>((*static_cast<const Function*>(object))(a, b));
        }),
        integers_([](const void* object, std::int64_t a, std::int64_t b) {
          return static_cast<std::int64_t>((*static_cast<const Function*>(object))(a, b));
        }) {}

  float operator()(float a, float b) const { return floats_(function_, a, b); }
  std::int64_t operator()(std::int64_t a, std::int64_t b) const {
    return integers_(function_, a, b);
  }

 private:
  const void* function_;
  float (*floats_)(const void* object, float a, float b);
  std::int64_t (*integers_)(const void* object, std::int64_t a, std::int64_t b);
};

/// result[i] = function(a[i], b[i]) with NumPy broadcasting.
Elements<float> broadcast_map(const Elements<float>& a, const Elements<float>& b,
                              ElementFunction function);
Elements<std::int64_t> broadcast_map(const Elements<std::int64_t>& a,
                                     const Elements<std::int64_t>& b, ElementFunction function);

/// The node's inputs combined from left to right.
std::vector<Constant> fold_combined(const NodeView& view, ElementFunction function);

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
