#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/pixel_bounds.h"
#include "image/named.h"

namespace relcam {

/// Order of the colours along the channel axis of the model's input.
enum class ChannelOrder : std::uint8_t { Rgb, Bgr };

/// How a byte becomes an input value: (pixel / divisor - mean[c]) / std[c] in float32, with `pixel`
/// in 0..255 and c counting the channels of the tensor. So mean and std stand in the units of
/// pixel / divisor (0..1 for 255, 0..255 for 1) and in channel order. A list of one entry holds for
/// every channel. A custom normalisation is one of these, filled in.
struct Normalization {
  float divisor = 255.0F;
  std::vector<float> mean;
  std::vector<float> std;
  ChannelOrder order = ChannelOrder::Rgb;

  bool operator==(const Normalization&) const = default;
};

/// imagenet:          torchvision's mean and std of ImageNet, RGB, of pixels in 0..1
/// minus-one-to-one:  2 * pixel / 255 - 1
/// zero-to-one:       pixel / 255
/// caffe-bgr:         BGR, pixel - (103.939, 116.779, 123.68), as the VGG paper's networks take
std::span<const Named<Normalization>> normalization_presets();

std::span<const Named<ChannelOrder>> channel_orders();

/// The same normalisation of each colour for a model whose channels stand in `order`: mean and std
/// are reversed with the channels.
Normalization with_channel_order(Normalization normalization, ChannelOrder order);

/// Throws InvalidOption unless mean and std have 1 or `channels` finite entries, every std is
/// positive and the divisor is finite and positive.
void validate(const Normalization& normalization, int channels);

/// Input value of every byte, per tensor channel: table[c][pixel].
using NormalizationTable = std::vector<std::array<float, 256>>;
NormalizationTable normalization_table(const Normalization& normalization, int channels);

/// What black and white become under the normalisation, for each of `channels` tensor channels.
PixelBounds pixel_bounds(const Normalization& normalization, int channels);

}  // namespace relcam
