#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "plan/forward_plan.h"
#include "relevance/sweep.h"
#include "session/attention_plan.h"
#include "session/backward_pass.h"
#include "session/state.h"
#include "session/steps.h"

namespace relcam {

/// For every asked-for attention the gradient of what the model's head says of that block's output
/// u: of head(norm(u)), with u the mean of the block's tokens or its first. The head is run from
/// the last block's output on, all tokens of which are set to u.
class BlockGradients {
 public:
  /// `plan` and `beginning` must outlive this. Throws what Binding does.
  BlockGradients(Session::State& state, const AttentionPlan& plan, const Beginning& beginning,
                 bool mean_tokens);

  /// Flags in `kept` what is read of the session's forward pass.
  void mark_reads(std::vector<bool>& kept) const;

  /// After the forward pass.
  void start(const std::vector<std::size_t>& targets);
  /// One node, or one array made; false when all is done.
  bool step();
  Count nodes() const;

  /// Of block number `block` for target number `target`, once all is done.
  FloatValues at(std::size_t block, std::size_t target) const;

 private:
  /// Gradients from one tensor to another.
  struct Part {
    std::unique_ptr<Binding> binding;
    std::unique_ptr<Denomination> denomination = nullptr;
    std::optional<Sweep> sweep = {};
  };

  Part part(ValueId start, ValueId layer) const;
  std::size_t channels() const;
  std::vector<float> shown_of(std::size_t block) const;
  void begin_forward();
  bool step_head();
  bool step_part(Part& part, const ForwardPass& forward,
                 const std::vector<std::vector<float>>& seeds) const;
  std::vector<std::vector<float>> seeds_of(std::size_t block) const;

  Session::State* state_;
  const AttentionPlan* plan_;
  const Beginning* beginning_;
  bool mean_tokens_;
  Part head_;
  std::vector<Part> blocks_;
  std::optional<ForwardPlan> forward_plan_;
  std::unique_ptr<ForwardPass> pass_;
  std::vector<std::vector<float>> seeds_;
  std::size_t seeds_per_target_ = 1;
  std::vector<std::vector<float>> slopes_;  ///< per seed: of the head's score by u, block by block
  std::size_t block_ = 0;                   ///< whose gradients are under way
};

}  // namespace relcam
