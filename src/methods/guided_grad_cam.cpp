#include <algorithm>

#include "image/resize_map.h"
#include "methods/roster.h"

namespace relcam {

namespace {

/// Grad-CAM after its ReLU, resized bilinearly to the model's input.
std::vector<float> resized_grad_cam(const MethodInput& input) {
  std::vector<float> small = weighted_sum(input.raster, input.activation, mean_signal(input));
  for (float& value : small) value = std::max(value, 0.0F);
  std::vector<float> large(input.guide.raster.positions());
  resize_map(small, input.raster.size(), large, input.guide.raster.size(),
             MapCoordinates::HalfPixel);
  return large;
}

std::vector<float> attribute(const MethodInput& input) {
  const std::vector<float> map = resized_grad_cam(input);
  std::vector<float> guided(input.guide.values.begin(), input.guide.values.end());
  for (std::size_t i = 0; i < guided.size(); ++i) guided[i] *= map[i / input.guide.raster.channels];
  return guided;
}

}  // namespace

Method guided_grad_cam_method() {
  return {.name = "guided-grad-cam",
          .summary = "Grad-CAM of a layer, resized to the input, times guided backpropagation",
          .paper = "Selvaraju et al., Grad-CAM, ICCV 2017, section 'Guided Grad-CAM'",
          .signal = Signal::Gradient,
          .guide = "guided-backprop",
          .attribute = attribute};
}

}  // namespace relcam
