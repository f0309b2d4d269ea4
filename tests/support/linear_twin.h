#pragma once

#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include "kernels/linear_map.h"

namespace relcam::testing {

/// Every kind of weight part, with a gamma where one is used.
inline const std::vector<WeightPart>& all_parts() {
  using Kind = WeightPart::Kind;
  static const std::vector<WeightPart> kParts = {
      {Kind::All},    {Kind::Positive}, {Kind::Negative},           {Kind::GammaPositive, 0.25F},
      {Kind::Square}, {Kind::One},      {Kind::GammaNegative, 0.5F}};
  return kParts;
}

/// What a part is, from its definition.
inline double part_of(WeightPart part, double w) {
  switch (part.kind) {
    case WeightPart::Kind::All: return w;
    case WeightPart::Kind::Positive: return std::fmax(w, 0.0);
    case WeightPart::Kind::Negative: return std::fmin(w, 0.0);
    case WeightPart::Kind::GammaPositive: return w + part.gamma * std::fmax(w, 0.0);
    case WeightPart::Kind::GammaNegative: return w + part.gamma * std::fmin(w, 0.0);
    case WeightPart::Kind::Square: return w * w;
    case WeightPart::Kind::One: return 1.0;
  }
  return 0.0;
}

/// A linear map as the list of its non-zero entries: y[output] += weight * x[input].
struct Entry {
  std::size_t output;
  std::size_t input;
  double weight;
};

/// The slow honest twin of a LinearMap: sums in double over a list of entries, with the sum of
/// absolute terms beside it, by which float results are judged.
class LinearTwin {
 public:
  LinearTwin(std::vector<Entry> entries, std::size_t inputs, std::size_t outputs)
      : entries_(std::move(entries)), inputs_(inputs), outputs_(outputs) {}

  std::size_t inputs() const { return inputs_; }
  std::size_t outputs() const { return outputs_; }

  struct Result {
    std::vector<double> value;
    std::vector<double> magnitude;
  };

  Result apply(WeightPart part, const std::vector<float>& x) const {
    Result z{std::vector<double>(outputs_), std::vector<double>(outputs_)};
    for (const Entry& entry : entries_) {
      const double term = part_of(part, entry.weight) * static_cast<double>(x[entry.input]);
      z.value[entry.output] += term;
      z.magnitude[entry.output] += std::fabs(term);
    }
    return z;
  }

  Result adjoint(WeightPart part, const std::vector<float>& s, std::size_t count) const {
    Result r{std::vector<double>(count * inputs_), std::vector<double>(count * inputs_)};
    for (std::size_t i = 0; i < count; ++i) {
      for (const Entry& entry : entries_) {
        const double term =
            part_of(part, entry.weight) * static_cast<double>(s[i * outputs_ + entry.output]);
        r.value[i * inputs_ + entry.input] += term;
        r.magnitude[i * inputs_ + entry.input] += std::fabs(term);
      }
    }
    return r;
  }

 private:
  std::vector<Entry> entries_;
  std::size_t inputs_;
  std::size_t outputs_;
};

/// Checks apply and adjoint of `map`, assigning and accumulating, for every part, one and more
/// stacked vectors, against the twin and against <apply(x), s> = <x, adjoint(s)>.
void expect_like_twin(LinearMap& map, const LinearTwin& twin, std::mt19937& random);

std::vector<float> random_vector(std::size_t count, std::mt19937& random);

/// |got - want| within a few roundings of the magnitude of the terms.
void expect_near(const std::vector<float>& got, const LinearTwin::Result& want, const char* what,
                 double offset = 0.0);

}  // namespace relcam::testing
