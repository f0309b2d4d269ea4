#pragma once

#include <cstddef>

namespace relcam {

/// a / b, rounded up.
inline std::size_t divide_up(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

}  // namespace relcam
