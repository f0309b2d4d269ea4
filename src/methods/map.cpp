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

std::vector<float> joined(const Method& method, const MethodInput& input,
                          std::span<const float> weights) {
  const Join join = join_of(method, input);
  if (join == Join::Sum) {
    return weights.empty() ? summed(input, method.contribution)
                           : weighted_sum(input.raster, input.activation, weights);
  }
  std::vector<double> projection = principal_projection(
      contributions_of(method, input, weights), input.raster.positions(), input.raster.channels);
  if (join == Join::PrincipalPositive) make_largest_positive(projection);
  return to_floats(projection);
}

}  // namespace

ParameterInfo eigen_smooth_parameter() {
  return {.name = kEigenSmooth,
          .type = ParameterType::Choice,
          .fallback = "no",
          .choices = {"no", "yes"},
          .summary = "the first principal direction of the channels' contributions, not their sum"};
}

CamOutput make_map(const Method& method, const MethodInput& input) {
  if (method.map != nullptr) return {.weights = {}, .map = method.map(input)};
  CamOutput output;
  if (method.weigh != nullptr) output.weights = method.weigh(input);
  output.map = joined(method, input, output.weights);
  return output;
}

}  // namespace relcam
