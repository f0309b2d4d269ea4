#pragma once

#include "plan/program.h"
#include "session/session.h"

namespace relcam {

/// Everything `inspect` shows of a loaded model.
ModelInfo describe(const Program& program, ValueId logits);

}  // namespace relcam
