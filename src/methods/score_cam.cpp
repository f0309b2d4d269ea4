#include <algorithm>

#include "image/resize_map.h"
#include "methods/roster.h"
#include "methods/trials.h"
#include "starts/start.h"

namespace relcam {

namespace {

constexpr float kTiny = 1e-8F;

/// One trial per channel: the input seen through that channel's map.
class ScoreCam final : public Trials {
 public:
  explicit ScoreCam(const TrialInput& input)
      : input_(input), scores_(input.layer_raster.channels) {}

  std::size_t count() const override { return scores_.size(); }

  void alter(std::size_t trial, std::span<float> values) const override {
    apply_mask(input_.input_raster, mask_of(trial), values);
  }

  void take(std::size_t trial, const TrialOutcome& outcome) override {
    scores_[trial] = static_cast<float>(explained_score(input_.seed, outcome.scores));
  }

  CamOutput finish() const override { return weigh_activations(input_, softmax(scores_)); }

 private:
  /// The channel's map at the size of the input, scaled to [0,1].
  std::vector<float> mask_of(std::size_t channel) const {
    std::vector<float> mask(input_.input_raster.positions());
    resize_map(channel_map(input_.layer_raster, input_.activation, channel),
               input_.layer_raster.size(), mask, input_.input_raster.size(),
               MapCoordinates::AlignCorners);
    const auto [low, high] = std::ranges::minmax(mask);
    for (float& value : mask) value = (value - low) / (high - low + kTiny);
    return mask;
  }

  TrialInput input_;
  std::vector<float> scores_;
};

}  // namespace

Method score_cam_method() {
  return {.name = "score-cam",
          .summary =
              "activations weighted by the class score of the image seen through each; one "
              "run of the model per channel",
          .paper = "Wang et al., Score-CAM, CVPR Workshops 2020",
          .signal = Signal::None,
          .default_layer = "last-stage",
          .rectify = true,
          .rerun = {.altered = Altered::Input, .make = make_trials<ScoreCam>}};
}

}  // namespace relcam
