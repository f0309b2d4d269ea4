#pragma once

#include <string_view>

namespace relcam {

/// Version of the engine, "major.minor.patch".
std::string_view version();

}  // namespace relcam
