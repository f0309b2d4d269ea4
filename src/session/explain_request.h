#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "methods/evidence.h"
#include "methods/fusion.h"
#include "methods/method.h"
#include "session/attention_plan.h"
#include "session/backward_pass.h"
#include "session/state.h"

namespace relcam {

/// An ExplainRequest with every name looked up and every default filled in.
struct ExplainPlan {
  const Method* method = nullptr;
  Parameters method_parameters = {};
  Beginning beginning = {};
  CompositeChoice composite = {};
  std::vector<ValueId> layers = {};
  AttentionPlan attention = {};  ///< of methods that look at it alone; `layers` is the last of it
  std::vector<std::size_t> targets = {};
  std::vector<std::string> emit = {};
  Fusion fusion = Fusion::None;
  Evidence evidence = Evidence::Own;
  bool ledger = false;

  bool asks_for(std::string_view kind) const;
  /// Maps are made at the layers, to be given or to be fused.
  bool makes_maps() const;
  /// Where relevance begins is one of the layers.
  bool begins_at_layer() const;
  /// The gradient is asked for although the method does not use it.
  bool wants_gradient_beside() const;
  /// The method's signal is swept to the layers.
  bool sweeps_signal() const {
    return method->signal != Signal::None && !method->attention.scores_blocks;
  }
  bool wants_guide() const { return !method->guide.empty() && asks_for("attribution"); }
  bool wants_curvature() const {
    return method->reads_curvature && beginning.start != nullptr &&
           beginning.start->curvature != nullptr;
  }
  bool wants_top_class() const { return targets.empty() && beginning.start != nullptr; }
};

/// The result kinds that `emit` may name for a method; the first is what it gives when none is
/// named.
std::vector<std::string> kinds_of(const Method& method);

/// Whether a result kind comes of the method's map or attribution, and not of its signals alone.
bool is_of_map(std::string_view kind);

/// Validates the whole request. Throws Error naming the option and what is valid.
ExplainPlan plan_explanation(const Session::State& state, const ExplainRequest& request);

}  // namespace relcam
