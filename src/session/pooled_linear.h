#pragma once

#include <string>

#include "plan/program.h"

namespace relcam {

/// Whether `layer`, an activation with two spatial axes, reaches `end` only through one average or
/// sum over all its positions and then moves of elements, elementwise constants and at most one
/// linear operator: what class activation mapping (Zhou et al., CVPR 2016) takes for granted. Empty
/// if so, else a clause that names what stands in the way.
std::string pooled_linear_obstacle(const Program& program, ValueId layer, ValueId end);

}  // namespace relcam
