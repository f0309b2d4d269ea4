#include "session/explain_request.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "composites/composite.h"
#include "session/layers.h"

namespace relcam {

namespace {

std::vector<std::string> kinds_of(const Method& method) {
  std::vector<std::string> kinds = {"cam", "scaled", "weights"};
  if (!method.weighs_channels) kinds = {"cam", "scaled"};
  if (!method.makes_maps()) kinds = {"attribution"};
  if (method.signal == Signal::Relevance) kinds.emplace_back("relevance");
  for (const char* kind : {"gradient", "activation", "seed"}) kinds.emplace_back(kind);
  return kinds;
}

std::vector<std::string> kinds_to_emit(const ExplainRequest& request, const Method& method) {
  const std::vector<std::string> kinds = kinds_of(method);
  if (request.emit.empty()) return {kinds.front()};
  for (const std::string& kind : request.emit) {
    if (std::ranges::find(kinds, kind) != kinds.end()) continue;
    std::string valid;
    for (const std::string& known : kinds) valid += (valid.empty() ? "" : ", ") + known;
    throw Error(
        ErrorCode::InvalidOption,
        "method '" + request.method + "' has no result kind '" + kind + "'; valid: " + valid,
        "emit");
  }
  return request.emit;
}

void check_targets(const std::vector<std::size_t>& targets, std::size_t classes) {
  for (const std::size_t target : targets) {
    if (target < classes) continue;
    throw Error(ErrorCode::UnknownClass,
                "class " + std::to_string(target) + " does not exist: the model has " +
                    std::to_string(classes) + " classes, counted from 0",
                "target");
  }
}

/// Maps need layers with two spatial axes; a map at the beginning itself is left out later.
void check_maps(const ExplainPlan& plan, const Graph& graph) {
  const bool maps = plan.asks_for("cam") || plan.asks_for("scaled") || plan.asks_for("weights");
  if (!maps || !plan.method->makes_maps() || plan.method->runs_again()) return;
  for (const ValueId layer : plan.layers) {
    const Value& value = graph.value(layer);
    if (layer == plan.beginning.value || spatial_extent(value)) continue;
    throw Error(ErrorCode::UnknownLayer,
                "the layer '" + value.name +
                    "' has no two spatial axes, so that no map can be made of it; layers() or "
                    "`inspect` lists those that have",
                value.name);
  }
}

/// Runs of the model explain one sum of scores, and their gradients are plain gradients.
void check_rerun(const ExplainPlan& plan, const Graph& graph) {
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
                who + "needs an image with two spatial axes, and '" + name + "' is none", name);
  }
}

ValueId output_of(const Session::State& state, const ExplainRequest& request) {
  if (request.output.empty()) return state.logits;
  return resolve_layers(state.program, state.logits, {request.output}).front();
}

void check_seed(const Session::State& state, const ExplainRequest& request, ValueId output) {
  const std::size_t size = state.program.value_size(output);
  const std::string& name = state.program.graph().value(output).name;
  if (request.seed.size() != size) {
    throw Error(ErrorCode::InvalidOption,
                "the seed has " + std::to_string(request.seed.size()) + " numbers, but '" + name +
                    "' has " + std::to_string(size) + " elements",
                "seed");
  }
  if (std::ranges::all_of(request.seed, [](float x) { return std::isfinite(x); })) return;
  throw Error(ErrorCode::InvalidOption, "the seed holds NaN or infinity", "seed");
}

Beginning beginning_of(const Session::State& state, const ExplainRequest& request,
                       const Method& method) {
  const ValueId output = output_of(state, request);
  if (!request.seed.empty()) {
    if (!request.start.empty() || !request.targets.empty()) {
      throw Error(ErrorCode::InvalidOption,
                  "a seed says where relevance begins: give no start and no target beside it",
                  "seed");
    }
    check_seed(state, request, output);
    return {.value = output, .seed = request.seed};
  }
  check_targets(request.targets, state.program.value_size(output));
  const Start& start = find_start(request.start.empty() ? method.default_start : request.start);
  return {.value = output,
          .start = &start,
          .parameters = Parameters(start.parameters, request.parameters)};
}

}  // namespace

bool ExplainPlan::asks_for(std::string_view kind) const {
  return std::ranges::find(emit, kind) != emit.end();
}

bool ExplainPlan::wants_gradient_beside() const {
  return method->signal != Signal::Gradient && asks_for("gradient");
}

ExplainPlan plan_explanation(const Session::State& state, const ExplainRequest& request) {
  const Method& method = find_method(request.method);
  ExplainPlan plan{.method = &method,
                   .method_parameters = Parameters(method.parameters, request.parameters),
                   .beginning = beginning_of(state, request, method),
                   .targets = request.targets,
                   .emit = kinds_to_emit(request, method)};
  const CompositeEntry& composite =
      find_composite(request.composite.empty() ? method.default_composite : request.composite);
  std::vector<ParameterOwner> owners = {{"method", method.name, method.parameters},
                                        {"composite", composite.name, composite.parameters}};
  if (plan.beginning.start != nullptr) {
    owners.push_back({"start", plan.beginning.start->name, plan.beginning.start->parameters});
  }
  refuse_unknown_settings(request.parameters, owners);
  plan.composite.name = composite.name;
  for (const ParameterInfo& info : composite.parameters) {
    const auto given = request.parameters.find(std::string(info.name));
    if (given != request.parameters.end()) plan.composite.settings.insert(*given);
  }
  const bool by_default = request.layers.empty();
  plan.layers =
      resolve_layers(state.program, state.logits,
                     by_default ? std::vector{std::string(method.default_layer)} : request.layers);
  check_maps(plan, state.program.graph());
  check_rerun(plan, state.program.graph());
  return plan;
}

}  // namespace relcam
