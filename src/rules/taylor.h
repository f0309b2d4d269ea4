#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <string_view>

#include "rules/linear_share.h"

namespace relcam {

/// Every live input of a node.
inline constexpr std::size_t kAllInputs = std::numeric_limits<std::size_t>::max();

/// Shares by the first-order expansion of y = f(x_1, x_2, ...) about the inputs themselves.
struct TaylorShare {
  std::string_view name = "taylor";
  Stabilizer stabilizer = {};
  /// The input that receives; all of them divide the relevance of a product in equal parts.
  std::size_t receiver = kAllInputs;
  bool frozen = false;  ///< with the deviation of a normalization held constant
};

/// Input i receives x_i * (df/dx_i)^T (R / stabilized(y)), halved where two live values are
/// multiplied; what is left is the share of the expansion's constant. With exact denominators,
/// relevance is the input times a modified gradient (AttnLRP, Achtibat et al. 2024).
std::unique_ptr<Rule> make_taylor_rule(TaylorShare share);

/// Layer normalization and its kin: linear in x where the deviation is held constant (CP-LRP, Ali
/// et al. 2022); the mean and the shift take their shares.
std::unique_ptr<Rule> make_frozen_deviation_rule(Stabilizer stabilizer);

/// All relevance of a product goes to the input `receiver`: values that constant weights add up.
std::unique_ptr<Rule> make_value_rule(std::size_t receiver, Stabilizer stabilizer);

}  // namespace relcam
