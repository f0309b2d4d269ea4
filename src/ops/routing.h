#pragma once

#include <memory>
#include <span>
#include <vector>

#include "kernels/index_map.h"
#include "ops/op.h"

/// What the operators that only move elements share.
namespace relcam {

/// Kind::Route.
Kind route_kind(const NodeView& view);

/// The output is non-negative when all live inputs are (and what is constant besides).
bool route_is_non_negative(const NodeView& view, std::span<const bool> inputs);

/// An operation whose first output has the elements of its first input, in the same order.
std::unique_ptr<Operation> prepare_copy(const NodeView& view, const ThreadPool& pool);

/// An operation that reads element map(i) of its first input for element i of its only output, and
/// `nowhere` where there is none.
std::unique_ptr<Operation> prepare_gathering(IndexMap map, float nowhere, const ThreadPool& pool);

/// The same on a constant, in its own type. `nowhere`, if given, is one element of that type.
Constant gathered(const Constant& data, const IndexMap& map, Shape shape,
                  const Constant* nowhere = nullptr);

/// Op::fold and Op::prepare of operators whose element i is element map_of(view)(i) of their first
/// input.
template <auto infer, auto map_of>
std::vector<Constant> fold_gathering(const NodeView& view) {
  return {gathered(*view.constant(0), map_of(view), infer(view).front().shape)};
}
template <auto map_of>
std::unique_ptr<Operation> prepare_gathering(const NodeView& view, const ThreadPool& pool) {
  return prepare_gathering(map_of(view), 0.0F, pool);
}

/// A constant of `dtype` from bytes that it will own.
Constant from_bytes(DType dtype, Shape shape, std::vector<std::byte> bytes);

/// The channels-last axis of an axis of a rank-4 NCHW tensor, which may be negative.
std::int64_t channels_last_axis(const NodeView& view, std::int64_t axis);

/// Gives the node a constant integer list of its own as input `input`.
void replace_constant_input(Graph& graph, Node& node, std::size_t input,
                            std::vector<std::int64_t> values);

/// For Follow ops with an attribute `axis`: moves it to channels-last data.
void permute_axis_attribute(Graph& graph, Node& node, std::int64_t fallback);

}  // namespace relcam
