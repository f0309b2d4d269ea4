#include "session/explain_request.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "composites/composite.h"
#include "session/layers.h"
#include "session/pooled_linear.h"
#include "session/stages.h"

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

/// "valid: a, b, c ...": the stages, which have two spatial axes.
std::string spatial_layers(const Session::State& state) {
  std::string valid;
  for (const ValueId stage : find_stages(state.program, state.logits)) {
    valid += (valid.empty() ? "valid: " : ", ") + state.program.graph().value(stage).name;
  }
  return valid + (valid.empty() ? "" : " and others; ") +
         "layers() or `inspect` lists all that have them";
}

/// Maps need layers with two spatial axes; a map at the beginning itself is left out later.
void check_maps(const ExplainPlan& plan, const Session::State& state) {
  const Graph& graph = state.program.graph();
  if (plan.method->runs_again() || plan.method->attends()) return;
  if (!plan.makes_maps() && !plan.wants_guide()) return;
  for (const ValueId layer : plan.layers) {
    if (layer == plan.beginning.value || raster_of(graph, layer)) continue;
    const std::string& name = graph.value(layer).name;
    throw Error(ErrorCode::UnknownLayer,
                "the layer '" + name +
                    "' has no two spatial axes, so that no map can be made of it; " +
                    spatial_layers(state),
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
  const bool asked =
      asks_for("cam") || asks_for("scaled") || asks_for("weights") || asks_for("token_matrix");
  return method->makes_maps() && (asked || fusion != Fusion::None);
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
  check_map_options(plan);
  check_ledger(plan);
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
    plan.layers = resolve_layers(state.program, state.logits, layers);
  }
  check_maps(plan, state);
  check_positions(plan, state.program.graph());
  check_demand(plan, state.program);
  check_rerun(plan, state);
  return plan;
}

}  // namespace relcam
