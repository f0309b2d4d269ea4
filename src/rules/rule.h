#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "kernels/thread_pool.h"
#include "ops/operation.h"

namespace relcam {

/// Which forward values a rule reads; the plan keeps those.
struct ForwardReads {
  bool inputs = false;
  bool outputs = false;
  bool bounds = false;  ///< RuleNode::low and high
};

/// A node as a rule sees it: its forward values and what its op can do, never the op itself.
struct RuleNode {
  Operation* operation = nullptr;
  const ThreadPool& pool;
  /// Empty for constants, omitted inputs and values the rule did not ask for. Where the forward
  /// pass stacked samples, they are stacked here too, but for those that all samples share; only
  /// the gradient (AdjointRule) is asked then, with one relevance for every sample.
  ConstBuffers inputs;
  ConstBuffers outputs;
  /// Elements of every input (0 for constants) and of the first output.
  std::span<const std::size_t> input_sizes;
  std::size_t output_size = 0;
  /// Per input: no element can be negative.
  std::span<const char> non_negative;
  /// Per input: relevance is asked for.
  std::span<const char> wanted;
  /// Smallest and largest possible value of the first input: one, or one per channel (the last
  /// physical axis). Empty unless the rule reads bounds.
  std::span<const float> low;
  std::span<const float> high;
};

/// What a rule computes from the forward pass alone, so that another start costs only the sweep.
using Denominators = std::vector<Buffer>;

/// An LRP rule (or the gradient): how relevance of a node's outputs becomes relevance of its
/// inputs. Rules are linear in the relevance and hold no state of a run.
class Rule {
 public:
  virtual ~Rule() = default;
  virtual std::string_view name() const = 0;
  virtual ForwardReads reads(const VjpReads& vjp) const = 0;
  /// Whether sum(inputs) = sum(outputs) holds where no denominator vanishes (biases left out).
  virtual bool conserves() const = 0;

  /// Whether a first input of the output's size receives the output's relevance as it is.
  virtual bool passes() const { return false; }

  virtual Denominators denominators(const RuleNode& node) const {
    static_cast<void>(node);
    return {};
  }

  /// `outgoing[i]` is `count` stacked relevances of output i; `incoming[i]` is written likewise
  /// for every wanted input, not accumulated.
  virtual void propagate(const RuleNode& node, const Denominators& denominators,
                         ConstBuffers outgoing, std::size_t count, Buffers incoming) const = 0;
};

}  // namespace relcam
