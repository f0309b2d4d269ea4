#include "session/plan_checks.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "session/layers.h"
#include "session/pooled_linear.h"
#include "session/stages.h"

namespace relcam {
namespace {

/// "valid: a, b, c ...": the stages, which have two spatial axes.
std::string spatial_layers(const Session::State& state) {
  std::string valid;
  for (const ValueId stage : find_stages(state.program, state.logits)) {
    valid += (valid.empty() ? "valid: " : ", ") + state.program.graph().value(stage).name;
  }
  return valid + (valid.empty() ? "" : " and others; ") +
         "layers() or `inspect` lists all that have them";
}

/// Whether a map of the layer where relevance begins may be left out: something else is made.
bool has_other_results(const ExplainPlan& plan) {
  return plan.layers.size() > 1 || plan.ledger || !std::ranges::all_of(plan.emit, is_of_map);
}

/// Maps need layers with two spatial axes, below the one where relevance begins.
void check_maps(const ExplainPlan& plan, const Session::State& state) {
  const Graph& graph = state.program.graph();
  if (plan.method->runs_again() || plan.method->attends()) return;
  if (!plan.makes_maps() && !plan.wants_guide()) return;
  for (const ValueId layer : plan.layers) {
    const bool begins = layer == plan.beginning.value;
    if (begins ? has_other_results(plan) : raster_of(graph, layer).has_value()) continue;
    const std::string& name = graph.value(layer).name;
    throw Error(ErrorCode::UnknownLayer,
                "the layer '" + name + "' " +
                    (begins ? "is where relevance begins" : "has no two spatial axes") +
                    ", so that no map can be made of it; " + spatial_layers(state),
                name);
  }
}

void check_positions(const ExplainPlan& plan, const Graph& graph) {
  const Method& method = *plan.method;
  if (!plan.makes_maps() || method.most_positions == 0) return;
  for (const ValueId layer : plan.layers) {
    const std::size_t positions = raster_of(graph, layer).value_or(Raster()).positions();
    if (layer == plan.beginning.value || positions <= method.most_positions) continue;
    const std::string& name = graph.value(layer).name;
    throw Error(ErrorCode::InvalidOption,
                "method '" + std::string(method.name) +
                    "' compares every position with every other and takes layers of at most " +
                    std::to_string(method.most_positions) + " positions, but '" + name + "' has " +
                    std::to_string(positions) + ": choose a deeper layer",
                "layers");
  }
}

/// The structure that the method demands stands between every layer and where relevance begins.
void check_demand(const ExplainPlan& plan, const Program& program) {
  if (!plan.makes_maps() || plan.method->demand != LayerDemand::PooledLinear) return;
  for (const ValueId layer : plan.layers) {
    if (layer == plan.beginning.value) continue;
    const std::string obstacle = pooled_linear_obstacle(program, layer, plan.beginning.value);
    if (obstacle.empty()) continue;
    const std::string& name = program.graph().value(layer).name;
    throw Error(ErrorCode::UnknownLayer,
                "method '" + std::string(plan.method->name) +
                    "' needs a layer that is averaged or summed over all its positions and then "
                    "passes one linear layer at most, up to '" +
                    program.graph().value(plan.beginning.value).name + "'; from '" + name +
                    "' on, " + obstacle + "; grad-cam has no such demand",
                name);
  }
}

/// Fusion and evidence are about maps, which attributions do not make.
void check_map_options(const ExplainPlan& plan) {
  const bool fuses = plan.fusion != Fusion::None;
  if (!plan.method->makes_maps() && (fuses || plan.evidence != Evidence::Own)) {
    throw Error(ErrorCode::InvalidOption,
                "method '" + std::string(plan.method->name) +
                    "' makes no maps: fusion and evidence do not apply to it",
                fuses ? "fusion" : "evidence");
  }
  if (plan.fusion == Fusion::Product && plan.evidence == Evidence::Signed) {
    throw Error(ErrorCode::InvalidOption,
                "fusion 'product' has no meaning for signed maps; valid with it: evidence "
                "positive, negative",
                "fusion");
  }
}

void check_ledger(const ExplainPlan& plan) {
  if (!plan.ledger || plan.sweeps_signal()) return;
  throw Error(ErrorCode::InvalidOption,
              "method '" + std::string(plan.method->name) +
                  "' has no backward sweep, so that there is nothing to keep a ledger of",
              "ledger");
}

/// Runs of the model explain one sum of scores, and their gradients are plain gradients.
void check_rerun(const ExplainPlan& plan, const Session::State& state) {
  const Graph& graph = state.program.graph();
  const Method& method = *plan.method;
  if (!method.runs_again()) return;
  const std::string who = "method '" + std::string(method.name) + "' ";
  if (plan.composite.name != method.default_composite) {
    throw Error(ErrorCode::InvalidOption,
                who + "runs the model again and takes no composite but '" +
                    std::string(method.default_composite) + "'",
                "composite");
  }
  if (plan.beginning.combination() != Combination::Single) {
    throw Error(ErrorCode::InvalidOption,
                who + "takes no start that compares two sweeps, such as '" +
                    std::string(plan.beginning.name()) + "'",
                "start");
  }
  const ValueId input = graph.inputs.front();
  std::vector<ValueId> images = method.rerun.any_layer ? std::vector<ValueId>() : plan.layers;
  if (method.rerun.altered == Altered::Input) images.push_back(input);
  for (const ValueId image : images) {
    if (raster_of(graph, image)) continue;
    const std::string& name = graph.value(image).name;
    throw Error(ErrorCode::UnknownLayer,
                who + "needs an image with two spatial axes, and '" + name + "' is none; " +
                    spatial_layers(state),
                name);
  }
}

}  // namespace

void check_options(const ExplainPlan& plan) {
  check_map_options(plan);
  check_ledger(plan);
}

void check_layers(const ExplainPlan& plan, const Session::State& state) {
  check_maps(plan, state);
  check_positions(plan, state.program.graph());
  check_demand(plan, state.program);
  check_rerun(plan, state);
}

}  // namespace relcam
