#include <algorithm>

#include "methods/noise.h"
#include "methods/roster.h"
#include "methods/trials.h"

namespace relcam {

namespace {

constexpr double kTiny = 1e-6;

/// Sums over the trials of the powers of the gradient G at one element of the layer; for the
/// exponential of a class score, G^n is its n-th derivative up to a common factor (Grad-CAM++).
struct Powers {
  double first = 0.0;
  double second = 0.0;
  double third = 0.0;
};

class SmoothGradCamPlusPlus final : public Trials {
 public:
  explicit SmoothGradCamPlusPlus(const TrialInput& input)
      : input_(input), sums_(input.activation.size()) {}

  std::size_t count() const override { return input_.parameters.integer("samples"); }

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
    CamOutput output{.weights = std::vector<float>(raster.channels), .map = {}};
    for (std::size_t c = 0; c < raster.channels; ++c) output.weights[c] = weight_of(c);
    output.map = weighted_sum(raster, input_.activation, output.weights);
    return output;
  }

 private:
  float weight_of(std::size_t channel) const {
    const Raster& raster = input_.layer_raster;
    const auto samples = static_cast<double>(count());
    double activation = 0.0;
    for (std::size_t i = 0; i < raster.positions(); ++i) {
      activation += static_cast<double>(input_.activation[raster.index(i, channel)]);
    }
    double weight = 0.0;
    for (std::size_t i = 0; i < raster.positions(); ++i) {
      const Powers& sums = sums_[raster.index(i, channel)];
      if (sums.second == 0.0) continue;
      const double second = sums.second / samples;
      const double divisor = 2.0 * second + activation * sums.third / samples + kTiny;
      if (divisor != 0.0) weight += second / divisor * std::max(sums.first / samples, 0.0);
    }
    return static_cast<float>(weight);
  }

  TrialInput input_;
  std::vector<Powers> sums_;
};

}  // namespace

Method smooth_grad_cam_plus_plus_method() {
  return {.name = "smooth-grad-cam++",
          .summary = "Grad-CAM++ with derivatives averaged over images with noise",
          .paper = "Omeiza et al., Smooth Grad-CAM++, 2019, equation 9",
          .parameters = noise_parameters("20", "0.1"),
          .signal = Signal::None,
          .default_start = "one-hot",
          .default_composite = "gradient",
          .default_layer = "last-stage",
          .rectify = true,
          .rerun = {.altered = Altered::Input,
                    .gradients = true,
                    .make = [](const TrialInput& input) -> std::unique_ptr<Trials> {
                      return std::make_unique<SmoothGradCamPlusPlus>(input);
                    }}};
}

}  // namespace relcam
