#pragma once

#include <cstddef>
#include <vector>

#include "base/buffer.h"
#include "plan/program.h"

namespace relcam {

/// One node to run; `outputs` differ from the node's own where the activation after it is fused.
struct ForwardStep {
  std::size_t node = 0;
  Clamp clamp;
  std::vector<ValueId> outputs;
};

/// Where a pass begins in place of the graph's inputs: at given values of one tensor, for up to
/// `samples` stacked samples of it.
struct Restart {
  ValueId from = kNoValue;
  std::size_t samples = 1;
};

/// Which nodes run, which activations are fused into the node before, and where in one arena every
/// value lives. Values whose lifetimes do not overlap share memory; `kept` values live to the end.
class ForwardPlan {
 public:
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

  /// Runs everything that the `kept` values depend on. `kept` holds one flag per value.
  ForwardPlan(const Program& program, std::vector<bool> kept);
  /// Runs only what depends on restart.from; all else is borrowed from another pass.
  ForwardPlan(const Program& program, std::vector<bool> kept, const Restart& restart);

  const std::vector<ForwardStep>& steps() const { return steps_; }
  bool is_kept(ValueId value) const { return kept_[static_cast<std::size_t>(value)]; }
  /// Whether all values flagged in `wanted` are kept.
  bool covers(const std::vector<bool>& wanted) const;
  /// Floats from the start of the arena; kNowhere for values that are not stored.
  std::size_t offset(ValueId value) const { return offsets_[static_cast<std::size_t>(value)]; }
  std::size_t arena_size() const { return arena_size_; }
  /// Samples that every stored value has room for.
  std::size_t samples() const { return samples_; }
  /// Whether the pass itself is given or computes the value.
  bool computes(ValueId value) const { return computed_[static_cast<std::size_t>(value)]; }
  /// Flags in `kept` what a restarted pass reads of the other pass.
  void mark_borrowed(const Program& program, std::vector<bool>& kept) const;

 private:
  void find_computed(const Program& program);
  std::vector<bool> find_needed_nodes(const Program& program) const;
  void make_steps(const Program& program);
  void place(const Program& program);

  std::vector<bool> wanted_;
  std::vector<ValueId> given_;  ///< filled in before the first step
  std::size_t samples_ = 1;
  std::vector<bool> computed_;
  std::vector<bool> kept_;
  std::vector<ForwardStep> steps_;
  std::vector<std::size_t> offsets_;
  std::size_t arena_size_ = 0;
};

/// One run's activations, computed step by step. A restarted pass stacks samples: every value of
/// its own holds all samples, one after the other; borrowed values hold one that all samples share.
class ForwardPass {
 public:
  ForwardPass(const Program& program, std::vector<bool> kept);
  /// `base` must hold what the restarted `plan` borrows, and outlive this.
  ForwardPass(const Program& program, ForwardPlan plan, const ForwardPass& base);

  const ForwardPlan& plan() const { return plan_; }
  /// The buffer of a run-time input or of the restart's tensor, in its physical layout, to be
  /// filled before the first step.
  std::span<float> input(ValueId value) { return mutable_value(value); }
  /// Starts again from the first step, with `samples` samples, at most plan().samples().
  void restart(std::size_t samples = 1);
  std::size_t samples() const { return samples_; }
  bool finished() const { return next_ == plan_.steps().size(); }
  std::size_t done() const { return next_; }
  /// One node for all samples.
  void step() { step(samples_); }
  /// The next node, or what is left of it, for at most `most` samples.
  void step(std::size_t most);
  /// Valid for kept values once finished, and for borrowed ones.
  std::span<const float> value(ValueId value) const;

 private:
  std::span<float> mutable_value(ValueId value);
  void run(const ForwardStep& step, std::size_t first, std::size_t count);
  void run_with_shared(const ForwardStep& step, ConstBuffers inputs, Buffers outputs,
                       std::size_t count);

  const Program* program_;
  ForwardPlan plan_;
  const ForwardPass* base_ = nullptr;
  Buffer arena_;
  std::size_t samples_ = 1;
  std::size_t next_ = 0;
  std::size_t samples_done_ = 0;  ///< of the next node
};

}  // namespace relcam
