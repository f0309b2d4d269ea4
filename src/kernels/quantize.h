#pragma once

#include <span>
#include <vector>

#include "kernels/channel_affine.h"

namespace relcam {

/// q = clamp(round(x / scale) + zero_point) per channel, halves to the even neighbour; x is read as
/// (q - zero_point) scale (Jacob et al. 2018).
struct Quantizer {
  ChannelView view;
  std::vector<float> scale;
  std::vector<float> zero_point;
  float low = 0.0F;
  float high = 255.0F;
  bool fake = false;  ///< give the x that is read back, not q
};

void quantize(const Quantizer& quantizer, std::span<const float> x, std::span<float> y,
              const ThreadPool& pool);

/// Straight-through: rounding counts as the identity, values beyond the range have no gradient.
void quantize_gradient(const Quantizer& quantizer, std::span<const float> x,
                       std::span<const float> dy, std::span<float> dx, const ThreadPool& pool);

}  // namespace relcam
