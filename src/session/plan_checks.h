#pragma once

#include "session/explain_request.h"

namespace relcam {

/// Throws InvalidOption where options are given that mean nothing to the method.
void check_options(const ExplainPlan& plan);

/// Throws Error naming the layer where one has not what the method demands of it, and InvalidOption
/// where a method that runs the model again cannot take the composite or start.
void check_layers(const ExplainPlan& plan, const Session::State& state);

}  // namespace relcam
