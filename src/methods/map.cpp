#include "methods/map.h"

#include <algorithm>

#include "methods/principal.h"

namespace relcam {

namespace {

constexpr std::string_view kEigenSmooth = "eigen-smooth";

Join join_of(const Method& method, const MethodInput& input) {
  const auto declared = std::ranges::find(method.parameters, kEigenSmooth, &ParameterInfo::name);
  const bool smooths =
      declared != method.parameters.end() && input.parameters.text(kEigenSmooth) == "yes";
  return smooths ? Join::Principal : method.join;
}

float contribution_at(const MethodInput& input, Contribution contribution, std::size_t at) {
  return contribution(input.activation[at], input.signal.empty() ? 0.0F : input.signal[at]);
}

std::vector<float> summed(const MethodInput& input, Contribution contribution) {
  const std::size_t channels = input.raster.channels;
  std::vector<float> map(input.raster.positions());
  for (std::size_t i = 0; i < map.size(); ++i) {
    double sum = 0.0;
    for (std::size_t at = i * channels; at < (i + 1) * channels; ++at) {
      sum += static_cast<double>(contribution_at(input, contribution, at));
    }
    map[i] = static_cast<float>(sum);
  }
  return map;
}

/// positions x channels
std::vector<float> contributions_of(const Method& method, const MethodInput& input,
                                    std::span<const float> weights) {
  std::vector<float> result(input.activation.begin(), input.activation.end());
  for (std::size_t at = 0; at < result.size(); ++at) {
    result[at] = weights.empty() ? contribution_at(input, method.contribution, at)
                                 : result[at] * weights[at % input.raster.channels];
  }
  return result;
}

/// The contributions' first principal direction.
class PrincipalMap final : public MapWork {
 public:
  PrincipalMap(std::vector<float> contributions, const Raster& raster, bool positive)
      : contributions_(std::move(contributions)),
        projection_(contributions_, raster.positions(), raster.channels),
        positive_(positive) {}

  bool step() override { return projection_.step(); }

  std::vector<float> map() const override {
    std::vector<double> projection = projection_.result();
    if (positive_) make_largest_positive(projection);
    return to_floats(projection);
  }

 private:
  std::vector<float> contributions_;
  PrincipalProjection projection_;
  bool positive_;
};

}  // namespace

ParameterInfo eigen_smooth_parameter() {
  return {.name = kEigenSmooth,
          .type = ParameterType::Choice,
          .fallback = "no",
          .choices = {"no", "yes"},
          .summary = "the first principal direction of the channels' contributions, not their sum"};
}

MapMaking::MapMaking(const Method& method, const MethodInput& input) {
  if (method.map != nullptr) {
    work_ = method.map(input);
    return;
  }
  if (method.weigh != nullptr) output_.weights = method.weigh(input);
  const Join join = join_of(method, input);
  if (join != Join::Sum) {
    work_ = std::make_unique<PrincipalMap>(contributions_of(method, input, output_.weights),
                                           input.raster, join == Join::PrincipalPositive);
  } else if (method.weigh != nullptr) {
    output_.map = weighted_sum(input.raster, input.activation, output_.weights);
  } else {
    output_.map = summed(input, method.contribution);
  }
}

bool MapMaking::step() {
  if (!work_) return false;
  if (work_->step()) return true;
  output_.map = work_->map();
  work_.reset();
  return false;
}

}  // namespace relcam
