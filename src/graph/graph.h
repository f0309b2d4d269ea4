#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/constant.h"
#include "base/shape.h"

namespace relcam {

using ValueId = std::int32_t;
/// An omitted optional input or output.
inline constexpr ValueId kNoValue = -1;

/// How a value's physical shape relates to the ONNX shape.
enum class Layout : std::uint8_t {
  Plain,        ///< physical shape = ONNX shape, row-major
  ChannelsLast  ///< rank 4: ONNX [N,C,H,W] is stored as [N,H,W,C]
};

/// A tensor of the graph. `shape` is physical (see Layout) and complete after shape inference.
struct Value {
  std::string name;
  std::optional<Shape> shape;
  DType dtype = DType::Float32;
  Layout layout = Layout::Plain;
  std::optional<Constant> constant;
};

using Attribute = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>,
                               std::vector<float>, std::vector<std::string>, Constant>;

/// One operator application. `domain` is empty for ai.onnx.
struct Node {
  std::string name;
  std::string op_type;
  std::string domain;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  std::map<std::string, Attribute, std::less<>> attributes;

  /// Attribute of that name, or `fallback`; throws InvalidModel when it has another type.
  std::int64_t integer(std::string_view key, std::int64_t fallback) const;
  float number(std::string_view key, float fallback) const;
  std::string text(std::string_view key, std::string fallback) const;
  std::vector<std::int64_t> integers(std::string_view key,
                                     std::vector<std::int64_t> fallback) const;
  bool has(std::string_view key) const { return attributes.find(key) != attributes.end(); }
};

/// What canonizing found out about one BatchNormalization: with a negative scale, folding it swaps
/// the positive and negative weights that relevance rules distinguish.
struct BatchNormNote {
  std::string node;
  std::size_t channels = 0;
  std::size_t negative_scales = 0;
  bool folded = false;
};

/// Where a value that is no channels-last image has the image's rows and columns: two axes, or one
/// axis of tokens, row by row, behind `prefix` others (class and register tokens). Without rows,
/// the value holds nothing but such others, read from a value with a grid.
struct TokenGrid {
  std::size_t row_axis = 0;
  std::size_t column_axis = 0;  ///< equal to row_axis for an axis of tokens
  std::int64_t prefix = 0;
  std::int64_t rows = 0;
  std::int64_t columns = 0;

  bool is_token_axis() const { return row_axis == column_axis; }
  std::int64_t patches() const { return rows * columns; }
};

/// A data-flow graph in single-assignment form. `nodes` stand in topological order.
struct Graph {
  std::string name;
  std::int64_t opset = 0;
  std::vector<Value> values;
  std::vector<Node> nodes;
  std::vector<ValueId> inputs;  ///< run-time inputs: initialisers are not among them
  std::vector<ValueId> outputs;
  std::map<std::string, std::string> metadata;
  /// Names of the model's tensors that canonizing merged with another value of the same content.
  std::map<std::string, ValueId, std::less<>> aliases;
  /// Names of the model's tensors that are no longer computed, and why.
  std::map<std::string, std::string, std::less<>> removed;
  std::vector<BatchNormNote> batch_norms;
  std::map<ValueId, TokenGrid> token_grids;  ///< in physical axes

  Value& value(ValueId id) { return values.at(static_cast<std::size_t>(id)); }
  const Value& value(ValueId id) const { return values.at(static_cast<std::size_t>(id)); }
  ValueId add_value(Value value);
  /// The value of that name or alias; kNoValue when there is none.
  ValueId find(std::string_view value_name) const;
};

/// Sorts `nodes` topologically (stable); throws InvalidModel naming a node on a cycle, or a tensor
/// that is read but neither computed nor given.
void sort_topologically(Graph& graph);

/// Removes nodes none of whose outputs reach a graph output, and constants nobody reads. Values
/// that nothing computes any more lose their name, so that `find` does not return them.
void remove_dead_nodes(Graph& graph);

/// For each value: indices of the nodes that read it (a node twice when it reads it twice).
std::vector<std::vector<std::size_t>> consumers_of(const Graph& graph);

/// For each value: index of the node that writes it, or -1.
std::vector<std::ptrdiff_t> producers_of(const Graph& graph);

/// Stable text form, one line a node: for tests and for people.
std::string dump(const Graph& graph);

}  // namespace relcam
