#include "canonizers/fold_batch_norm.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "canonizers/merge.h"
#include "ops/op.h"

namespace relcam {
namespace {

bool is_batch_norm(const Node& node) {
  return node.op_type == "BatchNormalization" && node.domain.empty();
}

/// Per channel, y = factor * x + offset.
struct ChannelAffine {
  std::vector<double> factor;
  std::vector<double> offset;
};

std::optional<ChannelAffine> affine_of(const NodeView& norm) {
  for (std::size_t i = 1; i <= 4; ++i) {
    if (norm.constant(i) == nullptr) return std::nullopt;
  }
  if (norm.node.integer("training_mode", 0) != 0) return std::nullopt;
  const std::vector<float> scale = norm.constant(1)->floats();
  const std::vector<float> shift = norm.constant(2)->floats();
  const std::vector<float> mean = norm.constant(3)->floats();
  const std::vector<float> variance = norm.constant(4)->floats();
  if (shift.size() != scale.size() || mean.size() != scale.size() ||
      variance.size() != scale.size()) {
    return std::nullopt;
  }
  const double epsilon = norm.node.number("epsilon", 1e-5F);
  ChannelAffine affine;
  for (std::size_t c = 0; c < scale.size(); ++c) {
    const double factor = double{scale[c]} / std::sqrt(double{variance[c]} + epsilon);
    affine.factor.push_back(factor);
    affine.offset.push_back(double{shift[c]} - factor * double{mean[c]});
  }
  return affine;
}

/// A weight whose output channel of element i is (i / inner) % channels.
std::vector<float> scaled_weight(const Constant& weight, const std::vector<double>& factor,
                                 std::size_t inner, double alpha) {
  std::vector<float> values = weight.floats();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double scale = alpha * factor[(i / inner) % factor.size()];
    values[i] = static_cast<float>(scale * double{values[i]});
  }
  return values;
}

std::vector<float> folded_bias(const Constant* bias, const ChannelAffine& affine, double beta) {
  std::vector<double> old(affine.factor.size(), 0.0);
  if (bias != nullptr) {
    const std::vector<float> given = bias->floats();
    for (std::size_t c = 0; c < old.size(); ++c) {
      old[c] = beta * double{given[given.size() == 1 ? 0 : c]};
    }
  }
  std::vector<float> result;
  for (std::size_t c = 0; c < old.size(); ++c) {
    result.push_back(static_cast<float>(affine.factor[c] * old[c] + affine.offset[c]));
  }
  return result;
}

/// How a linear node takes a factor and an offset per output channel.
struct LinearForm {
  std::size_t channels = 0;
  std::size_t inner = 1;
  double alpha = 1.0;
  double beta = 1.0;
};

/// Whether a bias is one number per output channel or one for all.
bool is_bias_row(const Constant& bias, std::size_t channels) {
  const Shape& shape = bias.shape();
  const bool is_row = shape.size() <= 1 || (shape.size() == 2 && shape[0] == 1);
  return is_row && (bias.size() == channels || bias.size() == 1);
}

std::optional<LinearForm> conv_form(const Constant& weight) {
  const auto channels = static_cast<std::size_t>(weight.shape().at(0));
  if (channels == 0) return std::nullopt;
  return LinearForm{channels, weight.size() / channels, 1.0, 1.0};
}

std::optional<LinearForm> gemm_form(const Node& gemm, const Constant& weight) {
  if (weight.shape().size() != 2) return std::nullopt;
  const auto rows = static_cast<std::size_t>(weight.shape()[0]);
  const auto columns = static_cast<std::size_t>(weight.shape()[1]);
  const double alpha = gemm.number("alpha", 1.0F);
  const double beta = gemm.number("beta", 1.0F);
  if (gemm.integer("transB", 0) != 0) return LinearForm{rows, columns, alpha, beta};
  return LinearForm{columns, 1, alpha, beta};
}

std::optional<LinearForm> linear_form(const NodeView& node) {
  const Constant* weight = node.constant(1);
  const Constant* bias = node.constant(2);
  if (weight == nullptr || (node.has_input(2) && bias == nullptr)) return std::nullopt;
  std::optional<LinearForm> form;
  if (node.node.op_type == "Conv") form = conv_form(*weight);
  if (node.node.op_type == "Gemm") form = gemm_form(node.node, *weight);
  if (!form) return std::nullopt;
  if (bias != nullptr && !is_bias_row(*bias, form->channels)) return std::nullopt;
  return form;
}

/// A constant that nothing else refers to.
ValueId add_constant(Graph& graph, Shape shape, std::vector<float> values) {
  Value value;
  value.shape = shape;
  value.constant = Constant::from_floats(std::move(shape), std::move(values));
  return graph.add_value(std::move(value));
}

/// How many nodes read each value of the graph as it was before folding.
using UseCounts = std::vector<std::size_t>;

/// Frees weights that have been folded, so that they do not exist twice for all layers at once.
void release(Graph& graph, ValueId weight, const UseCounts& uses) {
  const auto index = static_cast<std::size_t>(weight);
  if (index >= uses.size() || uses[index] == 1) graph.value(weight).constant.reset();
}

void fold_into(Graph& graph, Node& linear, const LinearForm& form, const ChannelAffine& affine,
               const UseCounts& uses) {
  const NodeView view{graph, linear};
  const Shape weight_shape = view.constant(1)->shape();
  std::vector<float> weight =
      scaled_weight(*view.constant(1), affine.factor, form.inner, form.alpha);
  std::vector<float> bias = folded_bias(view.constant(2), affine, form.beta);

  release(graph, linear.inputs[1], uses);
  const Shape bias_shape = {static_cast<std::int64_t>(bias.size())};
  linear.inputs.resize(3, kNoValue);
  linear.inputs[1] = add_constant(graph, weight_shape, std::move(weight));
  linear.inputs[2] = add_constant(graph, bias_shape, std::move(bias));
  linear.attributes.erase("alpha");
  linear.attributes.erase("beta");
  linear.attributes.insert_or_assign(kFoldedBatchNorm, Attribute{std::int64_t{1}});
}

bool try_fold(Graph& graph, Node& linear, const Node& norm, const UseCounts& uses) {
  const std::optional<ChannelAffine> affine = affine_of({graph, norm});
  const std::optional<LinearForm> form = linear_form({graph, linear});
  if (!affine || !form || form->channels != affine->factor.size()) return false;
  fold_into(graph, linear, *form, *affine, uses);
  return true;
}

}  // namespace

void note_batch_norms(Graph& graph) {
  for (const Node& node : graph.nodes) {
    if (!is_batch_norm(node)) continue;
    const Constant* scale = NodeView{graph, node}.constant(1);
    if (scale == nullptr) continue;
    const std::vector<float> values = scale->floats();
    const auto negative = std::ranges::count_if(values, [](float value) { return value < 0.0F; });
    graph.batch_norms.push_back(
        {node.name, values.size(), static_cast<std::size_t>(negative), false});
  }
}

void fold_batch_norm(Graph& graph) {
  std::set<std::string> folded;
  UseCounts uses;
  for (const auto& readers : consumers_of(graph)) uses.push_back(readers.size());
  for (const ValueId output : graph.outputs) ++uses[static_cast<std::size_t>(output)];
  merge_pairs(graph, [&](Node& linear, const Node& norm) {
    const bool is_candidate = is_batch_norm(norm) && norm.inputs.at(0) == linear.outputs.at(0);
    if (!is_candidate || !try_fold(graph, linear, norm, uses)) return false;
    folded.insert(norm.name);
    return true;
  });
  for (BatchNormNote& note : graph.batch_norms) note.folded = folded.contains(note.node);
}

}  // namespace relcam
