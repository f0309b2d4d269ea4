#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "session/backward_pass.h"
#include "session/block_gradients.h"
#include "session/curvature.h"
#include "session/explain_request.h"
#include "session/layer_signals.h"
#include "session/state.h"
#include "session/steps.h"

namespace relcam {

/// The backward passes of an explanation, each with its role: what a method looks at beside the
/// activations. Everything is done for all targets at once.
class ExplainPasses {
 public:
  /// Throws what Binding does. `plan` must outlive this.
  ExplainPasses(Session::State& state, const ExplainPlan& plan);

  /// Flags in `kept` every value whose forward result is read.
  void mark_reads(std::vector<bool>& kept) const;

  /// After the forward pass.
  void adopt();
  /// One node of a tangent pass, which the curvature needs before its sweep.
  bool step_tangent();
  void start_sweeps(const std::vector<std::size_t>& targets);
  bool step_sweeps();

  Count tangents() const;
  Count sweeps() const;

  /// The pass of the method's own signal; null for methods without.
  const BackwardPass* method_pass() const { return find(Role::Signal); }
  /// Adds to `signals` what the passes say of its layer, number `layer` of the plan's.
  void add_to(LayerSignals& signals, std::size_t layer, std::size_t target_index) const;

  /// The method's signal at attention number `block` of the plan's, or empty; and the gradient.
  FloatValues attention_signal(std::size_t block, std::size_t target_index) const;
  FloatValues attention_gradient(std::size_t block, std::size_t target_index) const;
  /// The method's signal at the model's input, with AttentionPlan::reads_image.
  FloatValues image_signal(std::size_t target_index) const;

 private:
  enum class Role : std::uint8_t { Signal, Gradient, Guide, Curvature };
  struct Pass {
    Role role;
    BackwardPass sweep;
  };

  void add(Role role, Beginning beginning, CompositeChoice composite, std::vector<ValueId> layers);
  const BackwardPass* find(Role role) const;
  std::vector<std::size_t> biased_nodes(ValueId layer) const;
  std::vector<ValueId> signal_layers() const;
  void add_method_signal(LayerSignals& signals, std::size_t target_index) const;

  Session::State* state_;
  const ExplainPlan* plan_;
  std::vector<Pass> passes_;
  std::optional<Curvature> curvature_;
  std::optional<BlockGradients> block_gradients_;
};

}  // namespace relcam
