#pragma once

#include <functional>
#include <vector>

#include "rules/rule.h"
#include "support/dense_operation.h"

namespace relcam::testing {

/// A dense layer z = W x + b and its input.
struct DenseLayer {
  std::vector<float> weights;  ///< outputs x inputs
  std::vector<float> bias;
  std::vector<float> x;
  std::vector<float> low = {};
  std::vector<float> high = {};
  bool non_negative = false;  ///< what the rule is told of x

  /// Calls `use` with the layer after its forward pass, which lives as long as the call.
  void with_node(const std::function<void(const RuleNode&)>& use) const;
  /// The same with another operation of these weights and this bias.
  void with_operation(Operation& operation, const std::function<void(const RuleNode&)>& use) const;
};

/// A layer of random signed weights, input, and stacked relevances, on which rules run; tests
/// compare with their formulas, summed by nested loops.
class DenseRule : public DenseLayer {
 public:
  static constexpr std::size_t kInputs = 6;
  static constexpr std::size_t kOutputs = 6;
  static constexpr std::size_t kSweeps = 3;

  explicit DenseRule(unsigned seed);

  std::vector<float> relevance;  ///< kSweeps x kOutputs

  /// kSweeps x kInputs
  std::vector<float> propagate(const Rule& rule) const;

  double w(std::size_t j, std::size_t i) const;
  double a(std::size_t i) const { return static_cast<double>(x[i]); }
  double b(std::size_t j) const { return static_cast<double>(bias[j]); }
  /// w a + b
  double z(std::size_t j) const;
  double r(std::size_t k, std::size_t j) const;
};

inline double plus(double value) { return value > 0.0 ? value : 0.0; }
inline double minus(double value) { return value < 0.0 ? value : 0.0; }

/// sum_j message(i, j) / stab(sum_i message(i, j) + rest(j)) * R_j at every input of every
/// sweep, stab(z) = z + epsilon * sign(z).
template <typename Message, typename Rest>
std::vector<double> shares(const DenseRule& layer, Message message, Rest rest, double epsilon) {
  std::vector<double> result;
  for (std::size_t k = 0; k < DenseRule::kSweeps; ++k) {
    for (std::size_t i = 0; i < DenseRule::kInputs; ++i) {
      double sum = 0.0;
      for (std::size_t j = 0; j < DenseRule::kOutputs; ++j) {
        double z = rest(j);
        for (std::size_t other = 0; other < DenseRule::kInputs; ++other) z += message(other, j);
        z += z < 0.0 ? -epsilon : epsilon;
        if (z != 0.0) sum += message(i, j) / z * layer.r(k, j);
      }
      result.push_back(sum);
    }
  }
  return result;
}

/// Near to within rounding, relative to the larger of 1 and the value itself.
void expect_shares(const std::vector<float>& got, const std::vector<double>& want);

}  // namespace relcam::testing
