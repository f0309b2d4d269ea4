#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "ops/op.h"

/// What `infer` functions share: each throws InvalidModel naming the node.
namespace relcam {

/// Throws InvalidModel: "<node>: <message>".
[[noreturn]] void refuse(const NodeView& view, const std::string& message);
/// Throws UnsupportedOperator: "<node>: <message>".
[[noreturn]] void refuse_unsupported(const NodeView& view, const std::string& message);

/// The first `least` inputs must be there, and no more than `most` altogether.
void expect_inputs(const NodeView& view, std::size_t least, std::size_t most);
/// At least one and no more than `most` outputs, the first of them used.
void expect_outputs(const NodeView& view, std::size_t most);
void expect_floating(const NodeView& view, std::size_t input);

/// Axis in [0, rank) for an ONNX axis in [-rank, rank).
std::size_t checked_axis(const NodeView& view, std::int64_t axis, std::size_t rank);
/// The same for several, sorted; they must differ from each other.
std::vector<std::size_t> checked_axes(const NodeView& view, const std::vector<std::int64_t>& axes,
                                      std::size_t rank);
/// Position in [0, extent) for an ONNX index in [-extent, extent).
std::int64_t checked_index(const NodeView& view, std::int64_t index, std::int64_t extent);
Shape checked_broadcast(const NodeView& view, const Shape& a, const Shape& b);

/// Elements of an optional input that must be known at load time; `fallback` when it is omitted.
std::vector<std::int64_t> constant_integers(const NodeView& view, std::size_t input,
                                            std::string_view name,
                                            std::vector<std::int64_t> fallback);
/// The input's constant; refuses it when it depends on the image.
const Constant& required_constant(const NodeView& view, std::size_t input, std::string_view name);

/// A list that was an attribute before opset `since_input` and has been input `input` since.
std::vector<std::int64_t> attribute_or_input(const NodeView& view, std::string_view name,
                                             std::int64_t since_input, std::size_t input,
                                             std::vector<std::int64_t> fallback);

/// The result of an op with one output; its size is checked.
std::vector<InferredValue> one_output(const NodeView& view, Shape shape, DType dtype);
/// The size of `shape`, or a refusal.
std::size_t checked_count(const NodeView& view, const Shape& shape);

}  // namespace relcam
