#pragma once

#include <span>

#include "session/backward_pass.h"
#include "session/explain_request.h"

namespace relcam {

/// Adds to `explanation` what is known before any map is made: diagnoses of where it begins and of
/// the method's sweep, and the ledger if asked for. `pass` is null for methods without a sweep;
/// `scores` are those of the tensor that relevance begins at.
void report_sweeps(const Session::State& state, const ExplainPlan& plan, const BackwardPass* pass,
                   std::span<const float> scores, Explanation& explanation);

}  // namespace relcam
