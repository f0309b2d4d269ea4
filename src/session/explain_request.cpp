#include "session/explain_request.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "composites/composite.h"
#include "session/layers.h"
#include "session/plan_checks.h"

namespace relcam {

std::vector<std::string> kinds_of(const Method& method) {
  std::vector<std::string> kinds = {"cam", "scaled"};
  if (method.weighs_channels()) kinds.emplace_back("weights");
  if (!method.makes_maps()) kinds = {"attribution"};
  if (method.signal == Signal::Relevance) kinds.emplace_back("relevance");
  for (const char* kind : {"gradient", "activation"}) kinds.emplace_back(kind);
  if (method.signal != Signal::None || method.runs_again()) kinds.emplace_back("seed");
  if (method.attention.has_matrix) kinds.emplace_back("token_matrix");
  return kinds;
}

bool is_of_map(std::string_view kind) {
  return kind == "cam" || kind == "scaled" || kind == "weights" || kind == "token_matrix" ||
         kind == "attribution";
}

namespace {

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

ValueId output_of(const Session::State& state, const ExplainRequest& request) {
  if (request.output.empty()) return state.logits;
  return resolve_layers(state.program, state.logits, state.logits, {request.output}).front();
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

std::string_view default_composite(const Session::State& state, const Method& method) {
  const bool attends = !method.attention_composite.empty() && !state.attention.empty();
  return attends ? method.attention_composite : method.default_composite;
}

/// The composite that the request names or writes down; a named one joins the owners of parameters.
CompositeChoice composite_of(const Session::State& state, const ExplainRequest& request,
                             const Method& method, std::vector<ParameterOwner>& owners) {
  if (!request.rules.empty()) {
    if (!request.composite.empty()) {
      throw Error(ErrorCode::InvalidOption,
                  "rules take the place of a composite: give no composite beside them",
                  "composite");
    }
    return {.name = std::string(kCustomComposite), .rules = request.rules};
  }
  const CompositeEntry& entry =
      find_composite(request.composite.empty() ? default_composite(state, method)
                                               : std::string_view(request.composite));
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

bool ExplainPlan::makes_maps() const {
  return method->makes_maps() && (fusion != Fusion::None || std::ranges::any_of(emit, is_of_map));
}

bool ExplainPlan::begins_at_layer() const {
  return std::ranges::find(layers, beginning.value) != layers.end();
}

bool ExplainPlan::wants_gradient_beside() const {
  return method->signal != Signal::Gradient && asks_for("gradient");
}

ExplainPlan plan_explanation(const Session::State& state, const ExplainRequest& request) {
  const Method& method = find_method(request.method);
  ExplainPlan plan{
      .method = &method,
      .method_parameters = Parameters(method.parameters, request.parameters),
      .beginning = beginning_of(state, request, method),
      .targets = request.targets,
      .emit = kinds_to_emit(request, method),
      .fusion = find_fusion(request.fusion.empty() ? method.default_fusion : request.fusion),
      .evidence = find_evidence(request.evidence),
      .ledger = request.ledger};
  check_options(plan);
  std::vector<ParameterOwner> owners = {{"method", method.name, method.parameters}};
  if (plan.beginning.start != nullptr) {
    owners.push_back({"start", plan.beginning.start->name, plan.beginning.start->parameters});
  }
  plan.composite = composite_of(state, request, method, owners);
  refuse_unknown_settings(request.parameters, owners);
  const bool by_default = request.layers.empty();
  const std::vector<std::string> layers =
      by_default ? std::vector{std::string(method.default_layer)} : request.layers;
  if (method.attends()) {
    plan.attention =
        plan_attention(state, method, plan.method_parameters, plan.beginning.value, layers);
    plan.layers = {plan.attention.blocks.back().weights};
  } else {
    plan.layers = resolve_layers(state.program, state.logits, plan.beginning.value, layers);
  }
  check_layers(plan, state);
  return plan;
}

}  // namespace relcam
