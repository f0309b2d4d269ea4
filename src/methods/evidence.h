#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "image/image.h"

namespace relcam {

/// Which part of a raw signed map m a result shows.
enum class Evidence : std::uint8_t {
  Own,       ///< raw maps as they are, scaled ones as the method's paper finishes them
  Positive,  ///< max(m, 0): what speaks for the target
  Negative,  ///< max(-m, 0): what speaks against it
  Signed     ///< m; scaled into [-1,1] with 0 where m is 0
};

/// "", "positive", "negative" or "signed". Throws InvalidOption naming what is valid.
Evidence find_evidence(std::string_view name);

/// The asked-for part of a raw map.
std::vector<float> evidence_of(std::span<const float> map, Evidence evidence);

/// The asked-for part of a raw map, scaled and resized to `to` (finish.h): ready to be joined with
/// those of other layers, or for its last scaling. `rectify` is the method's, for its own evidence.
std::vector<float> resize_evidence(std::span<const float> map, ImageSize from, ImageSize to,
                                   Evidence evidence, bool rectify);

/// The last scaling, in place: into [-1,1] by magnitude where the sign is shown, else into [0,1].
void scale_evidence(std::span<float> map, Evidence evidence);

}  // namespace relcam
