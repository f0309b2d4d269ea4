#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kernels/thread_pool.h"
#include "plan/forward_plan.h"
#include "plan/program.h"
#include "relevance/attention.h"
#include "relevance/sweep.h"
#include "session/session.h"
#include "session/steps.h"

namespace relcam {

/// A composite by name with its settings, or by rows that the user wrote.
struct CompositeChoice {
  std::string name = {};
  Settings settings = {};
  std::vector<RuleRow> rules = {};  ///< empty: `name` is one of the roster

  bool operator==(const CompositeChoice&) const = default;
};

/// What makes one binding differ from another.
struct BindingKey {
  CompositeChoice composite = {};
  ValueId start = kNoValue;
  std::vector<ValueId> layers = {};

  bool operator==(const BindingKey&) const = default;
};

/// A composite bound to asked-for layers, with the denominators of the current forward pass.
struct BoundComposite {
  BindingKey key;
  std::unique_ptr<Binding> binding;
  std::unique_ptr<Denomination> denomination;
};

/// Everything a session holds; its jobs work on it.
struct Session::State {
  State(Graph graph, std::size_t threads);

  ThreadPool pool;
  Program program;
  ValueId logits = kNoValue;
  std::vector<Attention> attention;  ///< first block first
  ModelInfo info;

  std::map<ValueId, std::vector<float>> inputs;  ///< in physical order
  PixelBounds pixels;

  std::unique_ptr<ForwardPass> forward;
  bool forward_valid = false;       ///< `forward` has finished on the current inputs
  std::list<BoundComposite> bound;  ///< most recently used first
  Explanation explanation;

  /// Makes sure that a forward pass keeping all `wanted` values (and outputs, and logits) is under
  /// way or finished. Values kept once are kept by later passes, so that asking for alternating
  /// things costs one pass.
  void request_forward(std::vector<bool> wanted);
  /// One node of the requested forward pass; false when it is finished.
  bool step_forward();
  Count forward_nodes() const;
  /// A kept value of the finished forward pass, in ONNX order.
  std::vector<float> forward_result(ValueId value) const;
  void forget_results();

 private:
  void check_inputs() const;
};

/// Jobs of the facade.
std::unique_ptr<Job> make_forward_job(Session::State& state);
std::unique_ptr<Job> make_explain_job(Session::State& state, const ExplainRequest& request);

}  // namespace relcam
