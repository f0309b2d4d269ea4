#include "methods/roster.h"
#include "methods/trials.h"

namespace relcam {

namespace {

/// One trial per channel: the layer without it.
class AblationCam final : public Trials {
 public:
  explicit AblationCam(const TrialInput& input)
      : input_(input),
        score_(explained_score(input.seed, input.scores)),
        weights_(input.layer_raster.channels) {}

  std::size_t count() const override { return weights_.size(); }

  void alter(std::size_t trial, std::span<float> values) const override {
    const Raster& raster = input_.layer_raster;
    for (std::size_t i = 0; i < raster.positions(); ++i) values[raster.index(i, trial)] = 0.0F;
  }

  void take(std::size_t trial, const TrialOutcome& outcome) override {
    const double drop = score_ - explained_score(input_.seed, outcome.scores);
    // Dividing scales the map only; a score of exactly 0 leaves it as it is.
    weights_[trial] = static_cast<float>(score_ == 0.0 ? drop : drop / score_);
  }

  CamOutput finish() const override { return weigh_activations(input_, weights_); }

 private:
  TrialInput input_;
  double score_;
  std::vector<float> weights_;
};

}  // namespace

Method ablation_cam_method() {
  return {.name = "ablation-cam",
          .summary =
              "activations weighted by how much of the class score is lost without each; one "
              "run from the layer on per channel",
          .paper = "Desai and Ramaswamy, Ablation-CAM, WACV 2020, equation 6",
          .signal = Signal::None,
          .default_layer = "last-stage",
          .rectify = true,
          .rerun = {.altered = Altered::Layer, .make = make_trials<AblationCam>}};
}

}  // namespace relcam
