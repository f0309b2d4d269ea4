// What running the model again costs beside single forward passes, in processor time on one thread:
// trials_bench MODEL.onnx [METHOD [LAYER]]
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/read_file.h"
#include "session/session.h"

namespace relcam {
namespace {

double milliseconds(const std::function<void()>& work) {
  const std::clock_t begin = std::clock();
  work();
  return 1e3 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

void run(Job& job) {
  while (job.step()) continue;
}

std::vector<float> picture(const ModelInfo& info, float phase) {
  std::vector<float> values(element_count(info.inputs.front().shape));
  float value = phase;
  for (float& x : values) {
    value += 0.618034F;
    if (value > 2.0F) value -= 4.0F;
    x = value;
  }
  return values;
}

struct Trials {
  std::size_t count = 0;
  double total = 0.0;
  double longest_step = 0.0;
};

Trials run_trials(Session& session, const ExplainRequest& request) {
  Trials trials;
  const auto job = session.start_explain(request);
  for (bool more = true; more;) {
    const Progress progress = job->progress();
    const double spent = milliseconds([&] { more = job->step(); });
    if (progress.phase != "trials") continue;
    trials.count = progress.total;
    trials.total += spent;
    trials.longest_step = std::max(trials.longest_step, spent);
  }
  return trials;
}

void measure(const std::string& model, const ExplainRequest& request) {
  constexpr int kForwards = 16;
  Session session = Session::load(read_file(model), {});
  const auto forward = [&](int index) {
    session.set_input(picture(session.info(), 0.01F * static_cast<float>(index)));
    return milliseconds([&] { run(*session.start_forward()); });
  };
  forward(0);
  double single = 0.0;
  for (int i = 1; i <= kForwards; ++i) single += forward(i) / (2 * kForwards);
  const Trials trials = run_trials(session, request);
  // Before and after, because the machine may have other work meanwhile.
  for (int i = 1; i <= kForwards; ++i) single += forward(i) / (2 * kForwards);
  std::printf("%s: %zu trials %.0f ms, longest step %.1f ms; single forward %.2f ms; ratio %.2f\n",
              request.method.c_str(), trials.count, trials.total, trials.longest_step, single,
              trials.total / (static_cast<double>(trials.count) * single));
}

}  // namespace
}  // namespace relcam

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.empty()) {
      throw std::runtime_error("usage: trials_bench MODEL.onnx [METHOD [LAYER]]");
    }
    relcam::ExplainRequest request;
    request.method = arguments.size() > 1 ? arguments[1] : "score-cam";
    if (arguments.size() > 2) request.layers = {arguments[2]};
    relcam::measure(arguments[0], request);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "trials_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
