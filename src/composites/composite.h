#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/parameters.h"
#include "ops/op.h"
#include "rules/rule.h"

namespace relcam {

/// What a composite may know of a node when it chooses a rule.
struct NodeFacts {
  std::string_view op_type = {};
  std::string_view name = {};
  Kind kind = Kind::Blind;
  std::string_view output = {};     ///< name of the first output tensor
  bool reads_model_input = false;   ///< the first input is a run-time input of the graph
  std::int64_t input_channels = 0;  ///< last physical axis of the first input
  /// A linear node that depends on no other, and one that relevance meets before any other.
  bool first_linear = false;
  bool last_linear = false;
  /// A Softmax whose result weighs the values of an attention; and which input of a product those
  /// weights are.
  bool attention_softmax = false;
  std::optional<std::size_t> attention_operand = {};
  /// A linear node that makes queries, keys or values, or takes what an attention has put together.
  bool attention_projection = false;
};

/// One row of the table: nodes that match get the rule.
struct CompositeRow {
  std::function<bool(const NodeFacts&)> matches;
  std::shared_ptr<const Rule> rule;
};

/// How a channel's weight comes from its relevance: the paper sums over positions, the official
/// code averages (the same map after scaling).
enum class ChannelWeight : std::uint8_t { Sum, Mean };

/// Which rule serves which node: an ordered table, first match wins, no match is an error.
struct Composite {
  std::string_view name;
  std::vector<CompositeRow> rows;
  ChannelWeight channel_weight = ChannelWeight::Sum;
  /// Rules that read bounds get black and white of the pre-processing at the model input, rather
  /// than the smallest and largest element of the tensor.
  bool pixel_bounds = true;
};

/// A composite as the catalogue lists it.
struct CompositeEntry {
  std::string_view name;
  std::string_view summary;
  std::string_view paper;
  std::vector<ParameterInfo> parameters;
  std::function<Composite(const Parameters& parameters)> make;
};

/// All composites, in the roster's order.
std::span<const CompositeEntry> all_composites();

/// Throws InvalidOption naming what is valid.
const CompositeEntry& find_composite(std::string_view name);

/// The named composite; settings that are not its own are left to others. Throws InvalidOption
/// naming what is valid.
Composite make_composite(std::string_view name, const Settings& settings);

/// The first row that matches, or null.
const CompositeRow* choose_row(const Composite& composite, const NodeFacts& facts);

/// Matchers for rows.
std::function<bool(const NodeFacts&)> of_kind(Kind kind);
std::function<bool(const NodeFacts&)> of_type(std::string_view op_type);
bool is_convolution(const NodeFacts& facts);        ///< Conv, ConvTranspose
bool is_pixel_convolution(const NodeFacts& facts);  ///< Conv on a run-time input of the graph
bool is_first_linear(const NodeFacts& facts);
bool is_attention_softmax(const NodeFacts& facts);
bool is_product(const NodeFacts& facts);  ///< MatMul, Gemm, Einsum of two live values
bool is_scaling(const NodeFacts& facts);  ///< Mul or Div by a constant

}  // namespace relcam
