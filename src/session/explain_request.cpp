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
  if (method.attribute != nullptr) kinds = {"attribution"};
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

/// Of a parameter list, the classes that it names.
void check_named_classes(std::span<const ParameterInfo> infos, const Parameters& parameters,
                         std::size_t count) {
  for (const ParameterInfo& info : infos) {
    if (info.type != ParameterType::Classes) continue;
    check_classes(parameters.classes(info.name), count, info.name);
  }
}

/// Maps need layers with two spatial axes; a map at the beginning itself is left out later.
void check_maps(const ExplainPlan& plan, const Graph& graph) {
  const bool maps = plan.asks_for("cam") || plan.asks_for("scaled") || plan.asks_for("weights");
  if (!maps || plan.method->map == nullptr) return;
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
  const std::size_t classes = state.program.value_size(output);
  check_classes(request.targets, classes, "target");
  const Start& start = find_start(request.start.empty() ? method.default_start : request.start);
  Parameters parameters(start.parameters, request.parameters);
  check_named_classes(start.parameters, parameters, classes);
  return {.value = output, .start = &start, .parameters = std::move(parameters)};
}

/// The composite that the request names or writes down; a named one joins the owners of parameters.
CompositeChoice composite_of(const ExplainRequest& request, const Method& method,
                             std::vector<ParameterOwner>& owners) {
  if (!request.rules.empty()) {
    if (!request.composite.empty()) {
      throw Error(ErrorCode::InvalidOption,
                  "rules take the place of a composite: give no composite beside them",
                  "composite");
    }
    return {.name = std::string(kCustomComposite), .rules = request.rules};
  }
  const CompositeEntry& entry =
      find_composite(request.composite.empty() ? method.default_composite : request.composite);
  owners.push_back({"composite", entry.name, entry.parameters});
  CompositeChoice choice{.name = std::string(entry.name)};
  for (const ParameterInfo& info : entry.parameters) {
    const auto given = request.parameters.find(std::string(info.name));
    if (given != request.parameters.end()) choice.settings.insert(*given);
  }
  return choice;
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
  std::vector<ParameterOwner> owners = {{"method", method.name, method.parameters}};
  if (plan.beginning.start != nullptr) {
    owners.push_back({"start", plan.beginning.start->name, plan.beginning.start->parameters});
  }
  plan.composite = composite_of(request, method, owners);
  refuse_unknown_settings(request.parameters, owners);
  const bool by_default = request.layers.empty();
  plan.layers =
      resolve_layers(state.program, state.logits,
                     by_default ? std::vector{std::string(method.default_layer)} : request.layers);
  check_maps(plan, state.program.graph());
  return plan;
}

}  // namespace relcam
