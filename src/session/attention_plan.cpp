#include "session/attention_plan.h"

#include <algorithm>

#include "base/error.h"

namespace relcam {

namespace {

const Value& value_of(const Session::State& state, const Attention& attention) {
  return state.program.graph().value(attention.weights);
}

[[noreturn]] void refuse(const Method& method, const std::string& reason) {
  std::string others;
  for (const Method& other : all_methods()) {
    if (other.attends()) continue;
    others += (others.empty() ? "" : ", ") + std::string(other.name);
  }
  throw Error(ErrorCode::InvalidOption,
              "method '" + std::string(method.name) + "' " + reason + "; valid: " + others,
              "method");
}

/// Tokens of a matrix [tokens, tokens] with at most an axis of heads before it.
std::size_t tokens_of(const Session::State& state, const Method& method,
                      const Attention& attention) {
  const Value& value = value_of(state, attention);
  const Shape& shape = *value.shape;
  if (is_of_all_tokens(shape)) return static_cast<std::size_t>(shape.back());
  const std::string which = "'" + value.name + "' of shape " + to_string(shape);
  if (shape.size() > 4 || (shape.size() == 4 && shape.front() != 1)) {
    refuse(method,
           "needs attention of all tokens to all, but " + which + " is computed within windows");
  }
  refuse(method, "needs attention of tokens to themselves, but " + which + " is not square");
}

std::vector<Attention> choose(const Session::State& state, const std::vector<std::string>& names) {
  std::vector<Attention> chosen;
  std::string valid(kAttentionLayers);
  for (const Attention& one : state.attention) {
    const std::string& name = value_of(state, one).name;
    valid += ", " + name;
    const bool asked = std::ranges::any_of(names, [&](const std::string& wanted) {
      return wanted == kAttentionLayers || state.program.graph().find(wanted) == one.weights;
    });
    if (asked) chosen.push_back(one);
  }
  for (const std::string& name : names) {
    const ValueId value = state.program.graph().find(name);
    if (name == kAttentionLayers ||
        std::ranges::find(state.attention, value, &Attention::weights) != state.attention.end()) {
      continue;
    }
    throw Error(ErrorCode::UnknownLayer, "'" + name + "' is no attention; valid: " + valid, name);
  }
  return chosen;
}

/// Rows and columns of the patches among as many tokens.
void find_grid(const Graph& graph, const Method& method, AttentionPlan& plan) {
  for (const auto& [id, grid] : graph.token_grids) {
    const Shape& shape = *graph.value(id).shape;
    if (!grid.is_token_axis() || grid.rows == 0 ||
        shape[grid.row_axis] != static_cast<std::int64_t>(plan.tokens)) {
      continue;
    }
    plan.prefix = static_cast<std::size_t>(grid.prefix);
    plan.grid = {.width = static_cast<int>(grid.columns), .height = static_cast<int>(grid.rows)};
    return;
  }
  refuse(method, "cannot tell which of the model's " + std::to_string(plan.tokens) +
                     " tokens are which patches of the picture");
}

/// Whether a token before the patches has a part in `scores` beside what attention mixes into them.
bool reads_prefix(const Program& program, ValueId scores) {
  const auto& grids = program.graph().token_grids;
  std::vector<bool> needed(program.graph().values.size(), false);
  needed[static_cast<std::size_t>(scores)] = true;
  for (std::size_t i = program.size(); i-- > 0;) {
    const Node& node = program.node(i);
    const auto output = std::ranges::find_if(node.outputs, [&](ValueId value) {
      return value != kNoValue && needed[static_cast<std::size_t>(value)];
    });
    if (output == node.outputs.end()) continue;
    const auto grid = grids.find(*output);
    const bool has_grid = grid != grids.end();
    if (has_grid && (grid->second.prefix > 0 || grid->second.rows == 0)) return true;
    if (has_grid) continue;
    for (const ValueId input : node.inputs) {
      if (input != kNoValue) needed[static_cast<std::size_t>(input)] = true;
    }
  }
  return false;
}

void check_start_layer(const Method& method, const Parameters& parameters,
                       const AttentionPlan& plan) {
  constexpr std::string_view kStartLayer = "start-layer";
  if (std::ranges::find(method.parameters, kStartLayer, &ParameterInfo::name) ==
      method.parameters.end()) {
    return;
  }
  if (parameters.integer(kStartLayer) < plan.blocks.size()) return;
  throw Error(ErrorCode::InvalidOption,
              "start-layer is " + parameters.text(kStartLayer) + "; valid: 0 to " +
                  std::to_string(plan.blocks.size() - 1),
              std::string(kStartLayer));
}

void find_outputs(const Session::State& state, const Method& method, ValueId scores,
                  AttentionPlan& plan) {
  const auto output = [&](const Attention& one) {
    const ValueId found = find_block_output(state.program, state.attention, one, scores);
    if (found == kNoValue) {
      refuse(method,
             "finds no residual sum that ends the block of '" + value_of(state, one).name + "'");
    }
    return found;
  };
  for (const Attention& one : plan.blocks) plan.block_outputs.push_back(output(one));
  plan.last_output = output(state.attention.back());
}

}  // namespace

std::vector<ValueId> AttentionPlan::weights() const {
  std::vector<ValueId> values;
  for (const Attention& one : blocks) values.push_back(one.weights);
  return values;
}

AttentionPlan plan_attention(const Session::State& state, const Method& method,
                             const Parameters& parameters, ValueId scores,
                             const std::vector<std::string>& names) {
  if (state.attention.empty()) {
    refuse(method,
           "needs attention (a Softmax whose result multiplies another value), and the "
           "model has none");
  }
  AttentionPlan plan{.blocks = choose(state, names)};
  plan.tokens = tokens_of(state, method, plan.blocks.front());
  for (const Attention& one : plan.blocks) {
    if (tokens_of(state, method, one) == plan.tokens) continue;
    refuse(method, "needs as many tokens in every block, but '" + value_of(state, one).name +
                       "' has others than '" + value_of(state, plan.blocks.front()).name + "'");
  }
  find_grid(state.program.graph(), method, plan);
  plan.reads_prefix = plan.prefix > 0 && reads_prefix(state.program, scores);
  check_start_layer(method, parameters, plan);
  const auto reads_image = method.attention.reads_image;
  plan.reads_image = reads_image != nullptr && reads_image(parameters);
  if (method.attention.scores_blocks) find_outputs(state, method, scores, plan);
  return plan;
}

}  // namespace relcam
