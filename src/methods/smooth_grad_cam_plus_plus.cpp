#include "methods/grad_cam_plus_plus.h"
#include "methods/noise.h"
#include "methods/roster.h"
#include "methods/trials.h"

namespace relcam {

namespace {

class SmoothGradCamPlusPlus final : public Trials {
 public:
  explicit SmoothGradCamPlusPlus(const TrialInput& input)
      : input_(input),
        samples_(input.parameters.integer("samples")),
        sums_(input.activation.size()) {}

  std::size_t count() const override { return samples_; }

  void alter(std::size_t trial, std::span<float> values) const override {
    add_noise(input_.parameters, trial, values);
  }

  void take(std::size_t /*trial*/, const TrialOutcome& outcome) override {
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      const auto gradient = static_cast<double>(outcome.gradient[i]);
      sums_[i].first += gradient;
      sums_[i].second += gradient * gradient;
      sums_[i].third += gradient * gradient * gradient;
    }
  }

  CamOutput finish() const override {
    const Raster& raster = input_.layer_raster;
    const std::vector<double> activations = channel_sums(raster, input_.activation);
    std::vector<double> weights(raster.channels, 0.0);
    for (std::size_t i = 0; i < raster.positions(); ++i) {
      for (std::size_t c = 0; c < raster.channels; ++c) {
        weights[c] += position_weight(mean_at(raster.index(i, c)), activations[c]);
      }
    }
    return weigh_activations(input_, to_floats(weights));
  }

 private:
  ScoreDerivatives mean_at(std::size_t element) const {
    const auto samples = static_cast<double>(samples_);
    const ScoreDerivatives& sums = sums_[element];
    return {sums.first / samples, sums.second / samples, sums.third / samples};
  }

  TrialInput input_;
  std::size_t samples_;
  std::vector<ScoreDerivatives> sums_;  ///< over the trials
};

}  // namespace

Method smooth_grad_cam_plus_plus_method() {
  return {.name = "smooth-grad-cam++",
          .summary = "Grad-CAM++ with derivatives averaged over images with noise",
          .paper = "Omeiza et al., Smooth Grad-CAM++, 2019, equation 9",
          .parameters = noise_parameters("20", "0.1"),
          .signal = Signal::None,
          .default_layer = "last-stage",
          .rectify = true,
          .rerun = {.altered = Altered::Input,
                    .gradients = true,
                    .make = make_trials<SmoothGradCamPlusPlus>}};
}

}  // namespace relcam
