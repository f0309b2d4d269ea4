#pragma once

#include <cstddef>

/// What one step of work comes to at most where it can be cut: 20 to 30 ms of WebAssembly on one
/// thread. Whoever cancels waits for that long.
namespace relcam {

/// Multiplications of a linear operator.
inline constexpr std::size_t kStepProducts = std::size_t{1} << 29U;

/// Elements that other operators read and write.
inline constexpr std::size_t kStepElements = std::size_t{1} << 23U;

}  // namespace relcam
