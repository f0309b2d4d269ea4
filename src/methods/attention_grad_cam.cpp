#include "methods/attention.h"
#include "methods/roster.h"

namespace relcam {

namespace {

/// At the last block: each head's row to the patches, weighted by the mean of its gradient there.
CamOutput attend(const AttentionInput& input) {
  const AttentionBlock& block = input.blocks.back();
  const std::size_t size = input.tokens * input.tokens;
  const std::vector<double> reader = reading_row(input);
  const auto row_of = [&](std::span<const float> entries, std::size_t head) {
    const auto of_head = entries.subspan(head * size, size);
    return patches_of(input, times(reader, std::vector<double>(of_head.begin(), of_head.end())))
        .map;
  };
  const std::size_t heads = block.weights.size() / size;
  std::vector<double> map(input.patches, 0.0);
  for (std::size_t head = 0; head < heads; ++head) {
    double weight = 0.0;
    for (const float gradient : row_of(block.signal, head)) weight += static_cast<double>(gradient);
    weight /= static_cast<double>(input.patches * heads);
    const std::vector<float> attention = row_of(block.weights, head);
    for (std::size_t i = 0; i < map.size(); ++i) {
      map[i] += weight * static_cast<double>(attention[i]);
    }
  }
  return {.weights = {}, .map = to_floats(map)};
}

}  // namespace

Method attention_grad_cam_method() {
  return {.name = "attention-grad-cam",
          .summary =
              "the last block's attention from the class token to the patches, each head weighted "
              "by its mean gradient",
          .paper =
              "Chefer, Gur, Wolf, Transformer Interpretability Beyond Attention Visualization, "
              "CVPR 2021, section 4, after Selvaraju et al., Grad-CAM, ICCV 2017",
          .signal = Signal::Gradient,
          .default_layer = kAttentionLayers,
          .rectify = true,
          .attention = {.attend = attend}};
}

}  // namespace relcam
