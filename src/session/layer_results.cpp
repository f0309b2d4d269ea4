#include "session/layer_results.h"

#include <list>

#include "methods/attention.h"
#include "session/diagnosis.h"
#include "session/result_arrays.h"
#include "session/spatial_signals.h"

namespace relcam {

LayerResults::LayerResults(const Session::State& state, const ExplainPlan& plan,
                           const ExplainPasses& passes, const TrialRuns& trials)
    : state_(&state), plan_(&plan), passes_(&passes), trials_(&trials) {}

bool LayerResults::step(Explanation& explanation) {
  if (!signals_) {
    begin_layer(explanation);
  } else if (map_) {
    step_map(explanation);
  } else if (kinds_done_ < plan_->emit.size()) {
    add_result(plan_->emit[kinds_done_++], explanation);
  } else {
    end_layer(explanation);
  }
  return done_ < explanation.count() * plan_->layers.size();
}

void LayerResults::begin_layer(Explanation& explanation) {
  const std::size_t layers = plan_->layers.size();
  target_ = explanation.target(done_ / layers);
  signals_.emplace(signals_at(done_ % layers, done_ / layers));
  if (!plan_->makes_maps()) return;
  if (plan_->method->attends()) make_attention_map(done_ / layers);
  if (plan_->method->maps_signals() && signals_->takes_maps()) {
    map_ = std::make_unique<LayerMap>(*signals_, *plan_->method);
  } else {
    report_map(explanation);
  }
}

void LayerResults::make_attention_map(std::size_t target_index) {
  const AttentionPlan& plan = plan_->attention;
  const Graph& graph = state_->program.graph();
  AttentionInput input{.tokens = plan.tokens,
                       .prefix = plan.prefix,
                       .reads_prefix = plan.reads_prefix,
                       .patches = plan.patches(),
                       .wants_matrix = plan_->asks_for("token_matrix"),
                       .parameters = plan_->method_parameters};
  std::list<FloatValues> arrays;
  const auto keep = [&arrays](FloatValues values) -> std::span<const float> {
    return arrays.emplace_back(std::move(values));
  };
  for (std::size_t b = 0; b < plan.blocks.size(); ++b) {
    input.blocks.push_back({.weights = state_->forward->value(plan.blocks[b].weights),
                            .signal = keep(passes_->attention_signal(b, target_index)),
                            .gradient = keep(passes_->attention_gradient(b, target_index))});
  }
  signals_->map_size = plan.grid;
  if (plan.reads_image) {
    const Raster raster = input_raster(graph);
    input.image =
        image_signal(keep(channels_last(raster, passes_->image_signal(target_index))), raster);
    signals_->map_size = raster.size();
  }
  signals_->output = plan_->method->attention.attend(input);
}

void LayerResults::step_map(Explanation& explanation) {
  if (map_->step()) return;
  map_.reset();
  report_map(explanation);
}

void LayerResults::end_layer(Explanation& explanation) {
  if (plan_->fusion != Fusion::None) keep_for_fusion();
  const bool is_last = ++done_ % plan_->layers.size() == 0;
  if (is_last && !plan_->begins_at_layer()) add_seed(explanation);
  signals_.reset();
  kinds_done_ = 0;
  if (is_last) fuse_layers(explanation);
}

/// The seed of a target, which belongs to no layer that was asked for.
void LayerResults::add_seed(Explanation& explanation) {
  if (!plan_->asks_for("seed")) return;
  signals_->layer = plan_->beginning.value;
  signals_->is_beginning = true;
  add_result("seed", explanation);
}

Count LayerResults::layers(const Explanation& explanation) const {
  return {.done = done_, .total = explanation.count() * plan_->layers.size()};
}

LayerSignals LayerResults::signals_at(std::size_t layer, std::size_t target_index) const {
  const ValueId value = plan_->layers[layer];
  LayerSignals signals{.graph = state_->program.graph(),
                       .layer = value,
                       .is_beginning = value == plan_->beginning.value,
                       .activation = state_->forward->value(value),
                       .parameters = plan_->method_parameters,
                       .evidence = plan_->evidence};
  passes_->add_to(signals, layer, target_index);
  trials_->add_to(signals, layer, target_index);
  return signals;
}

ResultArray LayerResults::empty_result(std::string_view layer, std::string_view kind) const {
  return {.method = std::string(plan_->method->name),
          .layer = std::string(layer),
          .kind = std::string(kind),
          .target = target_,
          .start = std::string(plan_->beginning.name()),
          .composite = plan_->composite.name,
          .shape = {},
          .data = {}};
}

void LayerResults::report_map(Explanation& explanation) {
  if (map_of(*signals_) == nullptr) return;
  CamOutput& output = *signals_->output;
  const std::string& name = signals_->value().name;
  report(explanation, replace_non_finite(name, "weights", output.weights), target_);
  report(explanation, replace_non_finite(name, "cam", output.map), target_);
  report(explanation, diagnose_map(name, output.map), target_);
}

void LayerResults::add_result(const std::string& kind, Explanation& explanation) {
  const std::string& name = signals_->value().name;
  ResultArray result = empty_result(name, kind);
  if (!fill(result, *signals_, *plan_->method)) return;
  report(explanation, replace_non_finite(name, kind, result.data), target_);
  if (kind == "attribution") report(explanation, diagnose_attribution(name, result.data), target_);
  explanation.results.push_back(std::move(result));
}

void LayerResults::keep_for_fusion() {
  ResultArray scaled = empty_result(kFusionLayer, "scaled");
  if (fill_resized(scaled, *signals_, *plan_->method)) to_fuse_.push_back(std::move(scaled));
}

/// Adds the map that joins all layers, if any of them had one.
void LayerResults::fuse_layers(Explanation& explanation) {
  if (to_fuse_.empty()) return;
  std::vector<std::vector<float>> maps;
  for (ResultArray& scaled : to_fuse_) maps.push_back(std::move(scaled.data));
  ResultArray fused = std::move(to_fuse_.front());
  fused.data = fuse(maps, plan_->fusion);
  scale_evidence(fused.data, plan_->evidence);
  report(explanation, diagnose_map(fused.layer, fused.data), target_);
  explanation.results.push_back(std::move(fused));
  to_fuse_.clear();
}

}  // namespace relcam
