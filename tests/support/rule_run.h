#pragma once

#include <vector>

#include "rules/rule.h"

namespace relcam::testing {

/// A node after its forward pass, with relevance at its output.
struct RuleRun {
  Operation& operation;
  std::vector<std::vector<float>> inputs;  ///< empty for constants
  std::vector<float> output;
  std::vector<float> relevance;  ///< may be several, stacked

  std::vector<std::vector<float>> incoming = {};
  Losses losses = {};

  /// Relevance of all inputs, and the losses of the first stacked relevance.
  void run(const Rule& rule);

  /// What all inputs receive.
  double sent() const;
};

}  // namespace relcam::testing
