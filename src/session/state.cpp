#include "session/state.h"

#include <algorithm>

#include "base/error.h"
#include "canonizers/logits.h"
#include "session/describe.h"
#include "session/tensor_order.h"

namespace relcam {

Session::State::State(Graph graph, std::size_t threads)
    : pool(threads), program(std::move(graph), pool) {
  logits = logits_value(program.graph());
  attention = find_attention(program);
  info = describe(program, logits, attention);
}

void Session::State::check_inputs() const {
  for (const ValueId input : program.graph().inputs) {
    if (inputs.contains(input) || program.consumers(input).empty()) continue;
    const std::string& name = program.graph().value(input).name;
    throw Error(ErrorCode::InvalidInput,
                "the model's input '" + name + "' was not given: give a tensor by that name", name);
  }
}

void Session::State::request_forward(std::vector<bool> wanted) {
  check_inputs();
  wanted[static_cast<std::size_t>(logits)] = true;
  for (const ValueId output : program.graph().outputs) {
    wanted[static_cast<std::size_t>(output)] = true;
  }
  if (forward && !forward->plan().covers(wanted)) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      wanted[i] = wanted[i] || forward->plan().is_kept(static_cast<ValueId>(i));
    }
    // Freed before the larger one is made: both need not fit.
    forget_results();
    forward.reset();
  }
  if (forward && forward_valid) return;
  forget_results();
  if (!forward) forward = std::make_unique<ForwardPass>(program, std::move(wanted));
  forward->restart();
  for (const auto& [id, values] : inputs) {
    std::ranges::copy(values, forward->input(id).begin());
  }
}

bool Session::State::step_forward() {
  if (forward_valid) return false;
  take_step(*forward);
  forward_valid = forward->finished();
  return !forward_valid;
}

Count Session::State::forward_nodes() const {
  return {.done = forward->done(), .total = forward->plan().steps().size()};
}

std::vector<float> Session::State::forward_result(ValueId value) const {
  return to_onnx_order(program.graph().value(value), forward->value(value));
}

void Session::State::forget_results() {
  forward_valid = false;
  bound.clear();
}

}  // namespace relcam
