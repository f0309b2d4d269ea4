#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "kernels/thread_pool.h"
#include "ops/kind.h"
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

/// A node before any arithmetic, as a rule judges whether it can serve it.
struct RuleSite {
  Kind kind = Kind::Blind;
  Operation* operation = nullptr;
  std::span<const std::size_t> input_sizes = {};  ///< 0 for constants
  std::size_t output_size = 0;
};

/// What a rule computes from the forward pass alone, so that another start costs only the sweep.
/// Where the weights take longer to read than to multiply, a rule may leave elements at NaN until
/// relevance arrives there for the first time.
using Denominators = std::vector<Buffer>;

/// What the relevance of a node's outputs came to beside shares for its inputs, summed over the
/// outputs. Parts may be negative: a negative bias gives relevance.
struct Losses {
  double zeros = 0.0;       ///< outputs whose denominator is exactly 0
  double bias = 0.0;        ///< shares of biases and other constants
  double stabilizer = 0.0;  ///< shares of the epsilon that keeps denominators away from 0
  double padding = 0.0;     ///< outputs that no element of an input feeds
};

/// Work of a rule at one node in short steps, each of which is given the same node.
class RuleWork {
 public:
  virtual ~RuleWork() = default;
  /// False when nothing is left to do.
  virtual bool step(const RuleNode& node) = 0;
};

/// An LRP rule (or the gradient): how relevance of a node's outputs becomes relevance of its
/// inputs. Rules hold no state of a run; all but those of rectified.h and rescaled_sum.h are linear
/// in the relevance.
class Rule {
 public:
  virtual ~Rule() = default;
  virtual std::string_view name() const = 0;
  virtual ForwardReads reads(const VjpReads& vjp) const = 0;
  /// Whether sum(inputs) = sum(outputs) holds, biases or not, where no denominator vanishes and but
  /// for the stabilizer.
  virtual bool conserves() const = 0;

  /// Whether the rule can serve such a node.
  virtual bool serves(const RuleSite& site) const {
    static_cast<void>(site);
    return true;
  }

  /// Whether a first input of the output's size receives the output's relevance as it is.
  virtual bool passes() const { return false; }

  /// Whether weights are treated by their sign. Folding a batch normalization with a negative scale
  /// changes the signs, and with them what such a rule finds.
  virtual bool splits_weights() const { return false; }

  virtual Denominators denominators(const RuleNode& node) const {
    static_cast<void>(node);
    return {};
  }

  /// `outgoing[i]` is `count` stacked relevances of output i; `incoming[i]` is written likewise
  /// for every wanted input, not accumulated. Completes denominators that are needed and missing.
  virtual void propagate(const RuleNode& node, Denominators& denominators, ConstBuffers outgoing,
                         std::size_t count, Buffers incoming) const = 0;

  /// `denominators` in short steps that write to `result`; null where at once is short enough.
  virtual std::unique_ptr<RuleWork> start_denominators(const RuleNode& node,
                                                       Denominators& result) const {
    static_cast<void>(node);
    static_cast<void>(result);
    return nullptr;
  }

  /// `propagate` of one relevance in short steps; null likewise. All but `node` must outlive it.
  virtual std::unique_ptr<RuleWork> start_propagation(const RuleNode& node,
                                                      Denominators& denominators,
                                                      ConstBuffers outgoing,
                                                      Buffers incoming) const {
    static_cast<void>(node);
    static_cast<void>(denominators);
    static_cast<void>(outgoing);
    static_cast<void>(incoming);
    return nullptr;
  }

  /// The losses of one sweep, once it has propagated: `outgoing[i]` is the relevance of output i,
  /// not stacked. Only ledgers ask for it, so that it may cost what it has to.
  virtual Losses losses(const RuleNode& node, const Denominators& denominators,
                        ConstBuffers outgoing) const {
    static_cast<void>(node);
    static_cast<void>(denominators);
    static_cast<void>(outgoing);
    return {};
  }
};

}  // namespace relcam
