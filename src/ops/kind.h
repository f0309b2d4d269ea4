#pragma once

#include <cstdint>
#include <string_view>

namespace relcam {

/// What a node does to relevance: the noun that ops and rules share. See design notes in
/// ARCHITECTURE.md.
enum class Kind : std::uint8_t {
  Linear,         ///< z = W x + b with constant W: Conv, Gemm, MatMul by a constant
  Pool,           ///< linear with constant non-negative weights: averages
  Winner,         ///< one input element wins each output: MaxPool, ReduceMax
  Sum,            ///< signed sum of live values: residual Add, Sub, Sum
  Route,          ///< index map: Concat, Slice, Reshape, Transpose, Pad, Identity, ...
  Activation,     ///< elementwise function of one live value
  Affine,         ///< elementwise by constants: Mul, Div, Add, Sub with a constant
  Normalization,  ///< BatchNormalization that could not be folded, LayerNormalization, ...
  Gate,           ///< elementwise product of live values
  Own,            ///< needs rules written for it alone: Softmax, MatMul of live values
  Blind           ///< carries no relevance: shape arithmetic, comparisons, ArgMax
};

std::string_view to_string(Kind kind);

}  // namespace relcam
