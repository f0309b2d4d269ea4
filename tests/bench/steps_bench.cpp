// The longest step of every method's explanation, in processor time on one thread: whoever cancels
// waits for one step, and 50 ms are the bound. Each method stops after ten seconds.
// steps_bench MODEL.onnx [METHOD...]
#include <cstdio>
#include <ctime>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/read_file.h"
#include "methods/method.h"
#include "session/session.h"

#ifdef __EMSCRIPTEN__
#include <emscripten/em_js.h>

// There std::clock tells the time of day.
EM_JS(double, processor_milliseconds, (), {
  const used = process.cpuUsage();
  return (used.user + used.system) / 1000;
});
#else
static double processor_milliseconds() {
  return 1e3 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}
#endif

namespace relcam {
namespace {

constexpr double kBound = 50.0;
constexpr double kMostPerMethod = 10e3;

void set_picture(Session& session) {
  std::vector<float> values(element_count(session.info().inputs.front().shape));
  float value = 0.0F;
  for (float& x : values) {
    value += 0.618034F;
    if (value > 2.0F) value -= 4.0F;
    x = value;
  }
  session.set_input(values);
}

struct Steps {
  std::size_t count = 0;
  std::size_t too_long = 0;
  double longest = 0.0;
  Progress at = {};  ///< before the longest
};

Steps measure(Job& job) {
  Steps steps;
  const double start = processor_milliseconds();
  for (bool more = true; more && processor_milliseconds() - start < kMostPerMethod;) {
    const Progress progress = job.progress();
    const double begin = processor_milliseconds();
    more = job.step();
    const double spent = processor_milliseconds() - begin;
    ++steps.count;
    if (spent > kBound) ++steps.too_long;
    if (spent <= steps.longest) continue;
    steps.longest = spent;
    steps.at = progress;
  }
  return steps;
}

void run(const std::string& model, const std::vector<std::string>& methods) {
  Session session = Session::load(read_file(model), {});
  for (const std::string& method : methods) {
    set_picture(session);
    ExplainRequest request;
    request.method = method;
    try {
      const auto job = session.start_explain(request);
      const Steps steps = measure(*job);
      std::printf("%-24s longest %6.1f ms (%s %zu of %zu), %zu of %zu steps above %.0f ms\n",
                  method.c_str(), steps.longest, steps.at.phase.c_str(), steps.at.done,
                  steps.at.total, steps.too_long, steps.count, kBound);
    } catch (const std::exception& error) {
      std::printf("%-24s %s\n", method.c_str(), error.what());
    }
    std::fflush(stdout);
  }
}

std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const Method& method : all_methods()) names.emplace_back(method.name);
  return names;
}

}  // namespace
}  // namespace relcam

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.empty()) throw std::runtime_error("usage: steps_bench MODEL.onnx [METHOD...]");
    const std::vector<std::string> methods(arguments.begin() + 1, arguments.end());
    relcam::run(arguments.front(), methods.empty() ? relcam::all_names() : methods);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "steps_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
