#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/shape.h"
#include "image/image.h"
#include "image/named.h"
#include "image/normalization.h"
#include "image/resample.h"

namespace relcam {

/// Axis order of a rank-4 image input: NCHW (PyTorch's) or NHWC (TensorFlow's).
enum class TensorLayout : std::uint8_t { Nchw, Nhwc };

/// What a model's image input looks like. One channel takes grey-scale (ITU-R 601 luma), three
/// take colours.
struct InputFormat {
  int channels = 3;
  int height = 224;
  int width = 224;
  TensorLayout layout = TensorLayout::Nchw;

  bool operator==(const InputFormat&) const = default;
};

/// Reads the format off a graph input's ONNX shape: rank 4 with one or three channels on axis 1
/// (NCHW) or else on axis 3 (NHWC). The batch size is not looked at. Throws InvalidInput when the
/// shape is not that of a picture, or is larger than a picture may be.
InputFormat input_format(const Shape& shape);

/// CropCenter: shorter side to Preprocessing::shorter_side, then the centre (torchvision's Resize
/// and CenterCrop). Stretch: both sides to the input's, aspect ratio ignored. None: nothing is
/// resized, so the picture must have the input's size.
enum class ResizeMode : std::uint8_t { CropCenter, Stretch, None };

std::span<const Named<ResizeMode>> resize_modes();

/// Everything between a decoded picture and a model's input.
struct Preprocessing {
  Normalization normalization = normalization_presets().front().value;
  ResizeMode resize = ResizeMode::CropCenter;
  Interpolation interpolation = Interpolation::Bilinear;
  /// For CropCenter, in pixels; by default round(longer input side / 0.875), i.e. 256 for 224.
  std::optional<int> shorter_side;
};

/// Part of a picture in pixels of that picture, measured from its top left corner.
struct SourceRect {
  double left = 0.0;
  double top = 0.0;
  double width = 0.0;
  double height = 0.0;
};

/// The size a picture is resized to and the part of it that becomes the input.
struct Placement {
  ImageSize resized;
  Window window;
};

/// Throws InvalidImage (no valid size; wrong size for None), InvalidInput (format) and
/// InvalidOption (shorter_side below the input's side, or above kMaxImageSide).
Placement placement(ImageSize image, const InputFormat& format, const Preprocessing& options);

/// Where the model's input lies on the picture: paint a heatmap of the input over this rectangle.
/// Throws as `placement` does.
SourceRect source_rect(ImageSize image, const InputFormat& format, const Preprocessing& options);

/// One picture as float32 in the input's layout with batch 1: channels x height x width values in
/// the order of `format.layout`. Throws InvalidImage, InvalidOption or InvalidInput (format).
std::vector<float> preprocess(const ImageView& image, const InputFormat& format,
                              const Preprocessing& options);

}  // namespace relcam
