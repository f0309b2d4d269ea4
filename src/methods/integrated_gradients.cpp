#include <cmath>
#include <numbers>

#include "methods/roster.h"
#include "methods/trials.h"

namespace relcam {

namespace {

struct QuadratureNode {
  double position;  ///< in (0, 1)
  double weight;
};

/// P_n and its derivative at x, by the three-term recurrence; |x| < 1.
struct Legendre {
  Legendre(std::size_t degree, double x) {
    double previous = 1.0;
    value = x;
    for (std::size_t k = 2; k <= degree; ++k) {
      const auto n = static_cast<double>(k);
      const double next = ((2.0 * n - 1.0) * x * value - (n - 1.0) * previous) / n;
      previous = value;
      value = next;
    }
    slope = static_cast<double>(degree) * (x * value - previous) / (x * x - 1.0);
  }

  double value;
  double slope;
};

/// Node `i` of Gauss-Legendre quadrature on [0,1]: a root of P_count, found by Newton's method.
QuadratureNode gauss_legendre(std::size_t count, std::size_t i) {
  constexpr int kIterations = 20;  // from these starts it converges in about five
  double x = -std::cos(std::numbers::pi * (static_cast<double>(i) + 0.75) /
                       (static_cast<double>(count) + 0.5));
  for (int step = 0; step < kIterations; ++step) {
    const Legendre p(count, x);
    x -= p.value / p.slope;
  }
  const double slope = Legendre(count, x).slope;
  return {.position = (1.0 + x) / 2.0, .weight = 1.0 / ((1.0 - x * x) * slope * slope)};
}

/// One trial per node on the straight way from the baseline. Nodes are found when they are needed,
/// because a thousand at once would make a long step.
class IntegratedGradients final : public Trials {
 public:
  explicit IntegratedGradients(const TrialInput& input)
      : input_(input),
        steps_(input.parameters.integer("steps")),
        baseline_(static_cast<float>(input.parameters.number("baseline"))),
        gradients_(input.activation.size(), 0.0) {}

  std::size_t count() const override { return steps_; }

  void alter(std::size_t trial, std::span<float> values) const override {
    const auto position = static_cast<float>(gauss_legendre(steps_, trial).position);
    for (float& value : values) value = baseline_ + position * (value - baseline_);
  }

  void take(std::size_t trial, const TrialOutcome& outcome) override {
    const double weight = gauss_legendre(steps_, trial).weight;
    for (std::size_t i = 0; i < gradients_.size(); ++i) {
      gradients_[i] += weight * static_cast<double>(outcome.gradient[i]);
    }
  }

  CamOutput finish() const override {
    std::vector<float> attribution(gradients_.size());
    for (std::size_t i = 0; i < attribution.size(); ++i) {
      const double way = static_cast<double>(input_.activation[i] - baseline_);
      attribution[i] = static_cast<float>(way * gradients_[i]);
    }
    return {.weights = {}, .map = std::move(attribution)};
  }

 private:
  TrialInput input_;
  std::size_t steps_;
  float baseline_;
  std::vector<double> gradients_;
};

}  // namespace

Method integrated_gradients_method() {
  return {.name = "integrated-gradients",
          .summary =
              "distance from a baseline times the mean gradient on the way; sums to the "
              "change of the class score",
          .paper =
              "Sundararajan et al., Axiomatic Attribution for Deep Networks, ICML 2017, "
              "equation 1",
          .parameters = {{.name = "steps",
                          .type = ParameterType::Integer,
                          .fallback = "20",
                          .least = 1,
                          .most = 1000,
                          .summary = "nodes of the Gauss-Legendre quadrature"},
                         {.name = "baseline",
                          .fallback = "0",
                          .summary = "value of every element where the way begins, after "
                                     "normalisation"}},
          .signal = Signal::None,
          .default_layer = "input",
          .rerun = {.altered = Altered::Layer,
                    .gradients = true,
                    .any_layer = true,
                    .attributes = true,
                    .make = make_trials<IntegratedGradients>}};
}

}  // namespace relcam
