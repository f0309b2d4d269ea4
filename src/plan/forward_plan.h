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

/// Which nodes run, which activations are fused into the node before, and where in one arena every
/// value lives. Values whose lifetimes do not overlap share memory; `kept` values live to the end.
class ForwardPlan {
 public:
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

  /// Runs everything that the `kept` values depend on. `kept` holds one flag per value.
  ForwardPlan(const Program& program, std::vector<bool> kept);

  const std::vector<ForwardStep>& steps() const { return steps_; }
  bool is_kept(ValueId value) const { return kept_[static_cast<std::size_t>(value)]; }
  /// Whether all values flagged in `wanted` are kept.
  bool covers(const std::vector<bool>& wanted) const;
  /// Floats from the start of the arena; kNowhere for values that are not stored.
  std::size_t offset(ValueId value) const { return offsets_[static_cast<std::size_t>(value)]; }
  std::size_t arena_size() const { return arena_size_; }

 private:
  std::vector<bool> find_needed_nodes(const Program& program) const;
  void make_steps(const Program& program);
  void place(const Program& program);

  std::vector<bool> kept_;
  std::vector<ForwardStep> steps_;
  std::vector<std::size_t> offsets_;
  std::size_t arena_size_ = 0;
};

/// One run's activations, computed step by step.
class ForwardPass {
 public:
  ForwardPass(const Program& program, std::vector<bool> kept);

  const ForwardPlan& plan() const { return plan_; }
  /// The buffer of a run-time input, in its physical layout, to be filled before the first step.
  std::span<float> input(ValueId value) { return mutable_value(value); }
  /// Starts again from the first step.
  void restart() { next_ = 0; }
  bool finished() const { return next_ == plan_.steps().size(); }
  std::size_t done() const { return next_; }
  void step();
  /// Valid for kept values once finished.
  std::span<const float> value(ValueId value) const;

 private:
  std::span<float> mutable_value(ValueId value);

  const Program* program_;
  ForwardPlan plan_;
  Buffer arena_;
  std::size_t next_ = 0;
};

}  // namespace relcam
