#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace relcam {

/// How the maps of several layers become one.
enum class Fusion : std::uint8_t {
  None,
  Mean,    ///< as pytorch-grad-cam joins its target layers
  Max,     ///< the value of largest magnitude
  Product  ///< of the maps scaled to [0,1]: RefineCAM
};

/// "none" or "", "mean", "max" or "product". Throws InvalidOption naming what is valid.
Fusion find_fusion(std::string_view name);

/// One map of several (resize_evidence), element by element, before its last scaling. There is at
/// least one, and all have the same size. Fusion::None is not asked for.
std::vector<float> fuse(std::span<const std::vector<float>> maps, Fusion fusion);

}  // namespace relcam
