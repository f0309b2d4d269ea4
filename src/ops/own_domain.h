#pragma once

#include <string_view>

namespace relcam {

/// Domain of operators that only canonizers write.
inline constexpr std::string_view kOwnDomain = "relcam";

}  // namespace relcam
