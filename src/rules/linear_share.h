#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rules/rule.h"

namespace relcam {

/// The factor of a share that comes from the input. x+ = max(x,0), x- = min(x,0).
enum class InputPart : std::uint8_t { Value, Positive, Negative, One, Low, High };

/// factor * part(W) part(x)
struct LinearTerm {
  InputPart input = InputPart::Value;
  WeightPart weight = {};
  float factor = 1.0F;
};

/// How a denominator is kept away from zero.
struct Stabilizer {
  enum class Kind : std::uint8_t {
    Exact,     ///< share is 0 where the denominator is exactly 0
    Signed,    ///< z + epsilon * sign(z), sign(0) = +1
    Relative,  ///< z + epsilon * rms(z) * sign(z), rms over all denominators of the branch
    Plus       ///< z + epsilon
  };
  Kind kind = Kind::Exact;
  float epsilon = 0.0F;
};

/// z + epsilon * sign(z).
Stabilizer signed_stabilizer(double epsilon);

/// One sum of terms with a denominator of its own:
/// Z = sum of terms + bias_factor * part(b),  S = coefficient * R / stabilized(Z),
/// relevance = sum of factor * part(x) * (part(W)^T S).
struct LinearBranch {
  enum class Mask : std::uint8_t { Everywhere, PositiveOutput, NegativeOutput };

  std::vector<LinearTerm> terms;
  std::optional<WeightPart> bias = {};  ///< none: biases are left out
  float bias_factor = 1.0F;
  float coefficient = 1.0F;
  Mask mask = Mask::Everywhere;  ///< outputs (before activation) that this branch serves
};

/// Any LRP rule for a linear operator, as data: a sum of branches.
struct LinearShare {
  std::string name;
  std::vector<LinearBranch> branches;
  Stabilizer stabilizer = {};
  bool conserves = false;
};

/// The rule that `share` describes, for nodes whose operation has a LinearMap.
std::unique_ptr<Rule> make_linear_rule(LinearShare share);

}  // namespace relcam
