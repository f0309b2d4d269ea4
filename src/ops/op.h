#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/constant.h"
#include "graph/graph.h"
#include "kernels/thread_pool.h"
#include "ops/kind.h"
#include "ops/operation.h"

namespace relcam {

/// How an op deals with images stored channels-last.
enum class LayoutPolicy : std::uint8_t {
  Spatial,  ///< first input and all outputs are ChannelsLast when of rank 4
  Follow,   ///< any layout, the same for all live rank-4 operands; see Op::permute_axes
  Plain     ///< ONNX order only
};

/// A node with its graph, as ops see it.
struct NodeView {
  const Graph& graph;
  const Node& node;

  std::size_t input_count() const { return node.inputs.size(); }
  /// Whether optional input i is there.
  bool has_input(std::size_t i) const {
    return i < node.inputs.size() && node.inputs[i] != kNoValue;
  }
  const Value& input(std::size_t i) const;
  const Value& output(std::size_t i) const;
  /// Physical shape of input or output i (the ONNX shape until layouts are chosen).
  const Shape& input_shape(std::size_t i) const;
  const Shape& output_shape(std::size_t i) const;
  /// Null when the input is omitted or depends on the image.
  const Constant* constant(std::size_t i) const;
  /// Inputs that depend on the image, in order.
  std::vector<std::size_t> live_inputs() const;
  /// "Conv node '/layer1/conv1'": begins every message about this node.
  std::string where() const;
};

/// Shape and type of one output.
struct InferredValue {
  Shape shape;
  DType dtype = DType::Float32;
};

class Decomposition;

/// One ONNX operator: everything the engine knows about it. Fill it in with designated
/// initialisers, in this order; one file per operator (or per family of table rows).
struct Op {
  std::string_view type;
  std::string_view domain = "";
  Kind (*kind)(const NodeView&) = nullptr;
  LayoutPolicy layout = LayoutPolicy::Plain;
  /// For Follow ops: whether this node can (a result of another rank may depend on the axes'
  /// order). Asked on ONNX shapes. Null: always.
  bool (*follows)(const NodeView&) = nullptr;

  /// ONNX shapes and types of all outputs, from inputs whose shapes (and constants) are known.
  /// Validates ranks, attributes and sizes: everything later may rely on it. All opset versions
  /// since 7 (graph.opset tells which).
  std::vector<InferredValue> (*infer)(const NodeView&) = nullptr;

  /// Follow ops with axis attributes or shape-like constants: rewrites the node's attributes and
  /// constant operands for channels-last data (axis map NCHW -> NHWC: 0->0, 1->3, 2->1, 3->2).
  /// Null: constants that broadcast are permuted by the canonizer, nothing else to do.
  void (*permute_axes)(Graph&, Node&) = nullptr;

  /// Evaluates the node when all inputs are constants, in their own types (int64 shape
  /// arithmetic). Null for ops that never occur on constants; float32 ops without `fold` are
  /// folded by running `forward`.
  std::vector<Constant> (*fold)(const NodeView&) = nullptr;
  /// `fold` needs only the shapes of the inputs, so that live inputs do not hinder it (Shape,
  /// Size).
  bool folds_from_shape = false;

  /// Null for ops that exist only on constants; such a node on live values is refused by name.
  std::unique_ptr<Operation> (*prepare)(const NodeView&, const ThreadPool&) = nullptr;

  /// Writes the node as simpler ones that compute the same (see ops/decomposition.h) and says
  /// whether it did; asked once the shapes of the inputs are known, before `infer`, unless the node
  /// folds. Operators that always decompose need neither kind, infer, fold nor prepare.
  bool (*decompose)(Decomposition&) = nullptr;

  VjpReads vjp_reads = {};  ///< of vjp and jvp
  /// Operation::forward can apply a Clamp on its way out.
  bool clamps = false;
  /// Whether the first output cannot be negative, given which live inputs cannot.
  bool (*non_negative)(const NodeView&, std::span<const bool> inputs) = nullptr;
  /// If the node is a clamp of its first input by constants (Relu, Clip), which one.
  Clamp (*as_clamp)(const NodeView&) = nullptr;
};

/// The op for a node's type and domain; null when there is none.
const Op* find_op(std::string_view type, std::string_view domain);

/// Every registered op, in the roster's order.
std::span<const Op* const> all_ops();

}  // namespace relcam
