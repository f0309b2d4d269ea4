#include "methods/noise.h"
#include "methods/roster.h"
#include "methods/trials.h"

namespace relcam {

namespace {

class SmoothGrad final : public Trials {
 public:
  explicit SmoothGrad(const TrialInput& input)
      : input_(input),
        samples_(input.parameters.integer("samples")),
        sums_(input.activation.size(), 0.0) {}

  std::size_t count() const override { return samples_; }

  void alter(std::size_t trial, std::span<float> values) const override {
    add_noise(input_.parameters, trial, values);
  }

  void take(std::size_t /*trial*/, const TrialOutcome& outcome) override {
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      sums_[i] += static_cast<double>(outcome.gradient[i]);
    }
  }

  CamOutput finish() const override {
    std::vector<double> means = sums_;
    for (double& mean : means) mean /= static_cast<double>(samples_);
    return {.weights = {}, .map = to_floats(means)};
  }

 private:
  TrialInput input_;
  std::size_t samples_;
  std::vector<double> sums_;
};

}  // namespace

Method smoothgrad_method() {
  return {.name = "smoothgrad",
          .summary = "mean gradient over images with noise",
          .paper = "Smilkov et al., SmoothGrad: removing noise by adding noise, 2017, section 3",
          .parameters = noise_parameters("50", "0.15"),
          .signal = Signal::None,
          .default_layer = "input",
          .rerun = {.altered = Altered::Layer,
                    .gradients = true,
                    .any_layer = true,
                    .attributes = true,
                    .make = make_trials<SmoothGrad>}};
}

}  // namespace relcam
