#pragma once

#include <vector>

#include "plan/program.h"

namespace relcam {

/// The last activation at each spatial resolution on the way to `logits`, in the order of
/// computation (shallow to deep), of what depends on the picture, the first of several inputs. The
/// picture itself, scaled or arranged anew, is none. Of tokens only normalised values count, or
/// residual sums where nothing is normalised, and only while patches reach the logits: behind the
/// last attention, often the class token alone does. A network whose tokens have one resolution
/// throughout has up to four stages, evenly spaced.
std::vector<ValueId> find_stages(const Program& program, ValueId logits);

}  // namespace relcam
