#include "session/state.h"

namespace relcam {

namespace {

class ForwardJob final : public Job {
 public:
  explicit ForwardJob(Session::State& state) : state_(state) {
    state_.request_forward(std::vector<bool>(state_.program.graph().values.size(), false));
  }

  bool step() override { return state_.step_forward(); }

  Progress progress() const override {
    const Count nodes = state_.forward_nodes();
    return {.phase = "forward", .done = nodes.done, .total = nodes.total};
  }

 private:
  Session::State& state_;
};

}  // namespace

std::unique_ptr<Job> make_forward_job(Session::State& state) {
  return std::make_unique<ForwardJob>(state);
}

}  // namespace relcam
