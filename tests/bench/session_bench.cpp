// Milliseconds of every node of a model, forward and backward:
// session_bench MODEL.onnx [ROUNDS [THREADS [LAYER...]]]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bench/read_file.h"
#include "canonizers/canonize.h"
#include "canonizers/logits.h"
#include "composites/composite.h"
#include "onnx/read_onnx.h"
#include "relevance/attention.h"
#include "relevance/sweep.h"
#include "session/describe.h"
#include "session/layers.h"
#include "starts/start.h"

namespace relcam {
namespace {

struct Options {
  std::string model;
  std::size_t rounds = 5;
  std::size_t threads = 1;
  std::vector<std::string> layers = {"stages"};
};

/// The least time of each phase over the rounds: what is added to it comes from outside.
struct NodeTimes {
  double forward = 0.0;
  double bind = 0.0;
  double backward = 0.0;

  double sum() const { return forward + bind + backward; }
};

Graph read_model(const std::string& path) {
  Graph graph = read_onnx(read_file(path));
  canonize(graph, {}, ThreadPool(1));
  return graph;
}

/// All steps of the next node.
template <typename Work>
void finish_node(Work& work) {
  const std::size_t node = work.done();
  while (!work.finished() && work.done() == node) work.step();
}

void keep_least(double& least, const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - begin;
  least = least == 0.0 ? spent.count() : std::min(least, spent.count());
}

class SessionBench {
 public:
  explicit SessionBench(const Options& options)
      : pool_(options.threads),
        program_(read_model(options.model), pool_),
        logits_(logits_value(program_.graph())),
        info_(describe(program_, logits_, find_attention(program_))),
        binding_(program_, make_composite("relevance-cam", {}), logits_,
                 resolve_layers(program_, logits_, logits_, options.layers)),
        forward_(program_, kept_values()),
        times_(program_.size()) {
    const ValueId input = program_.graph().inputs.front();
    float value = 0.0F;
    for (float& x : forward_.input(input)) {
      value += 0.618034F;
      if (value > 2.0F) value -= 4.0F;
      x = value;
    }
  }

  void run(std::size_t rounds) {
    for (std::size_t round = 0; round < rounds; ++round) {
      run_forward();
      run_backward();
    }
  }

  void print() const {
    print_nodes();
    print_totals();
  }

 private:
  std::vector<bool> kept_values() const {
    std::vector<bool> kept(program_.graph().values.size(), false);
    for (const ValueId layer : binding_.layers()) kept[static_cast<std::size_t>(layer)] = true;
    kept[static_cast<std::size_t>(logits_)] = true;
    binding_.mark_reads(kept);
    return kept;
  }

  void run_forward() {
    forward_.restart();
    while (!forward_.finished()) {
      const std::size_t node = forward_.plan().steps()[forward_.done()].node;
      keep_least(times_[node].forward, [&] { forward_.step(); });
    }
  }

  void run_backward() {
    const PixelBounds pixels;
    Denomination denomination(binding_, forward_, pixels);
    Sweep sweep(denomination,
                find_start("clrp").seeds(
                    {.scores = forward_.value(logits_), .target = 0, .parameters = {}}));
    while (!sweep.finished()) {
      const std::size_t bound = sweep.done();
      const std::size_t node = binding_.nodes()[bound].node;
      keep_least(times_[node].bind, [&] {
        while (denomination.step(bound)) {
        }
      });
      keep_least(times_[node].backward, [&] { finish_node(sweep); });
    }
  }

  double megamacs(const Node& node) const {
    const std::string& name = program_.graph().value(node.outputs.front()).name;
    const auto layer = std::ranges::find(info_.layers, name, &LayerInfo::name);
    return layer == info_.layers.end() ? 0.0 : static_cast<double>(layer->macs) / 1e6;
  }

  void print_nodes() const {
    std::printf("%-24s %-22s %-18s %9s %8s %8s %8s  %s\n", "operator", "output", "shape", "MMAC",
                "forward", "bind", "backward", "GMAC/s");
    for (std::size_t i = 0; i < program_.size(); ++i) {
      const Node& node = program_.node(i);
      const Value& value = program_.graph().value(node.outputs.front());
      const double macs = megamacs(node);
      const auto rate = [&](double time) { return time > 0.0 ? macs / time : 0.0; };
      const NodeTimes& times = times_[i];
      std::printf("%-24s %-22s %-18s %9.1f %8.2f %8.2f %8.2f  %.1f %.1f %.1f\n",
                  node.op_type.c_str(), value.name.c_str(), to_string(*value.shape).c_str(), macs,
                  times.forward, times.bind, times.backward, rate(times.forward), rate(times.bind),
                  rate(times.backward));
    }
  }

  void print_totals() const {
    std::map<std::string, NodeTimes> by_type;
    for (std::size_t i = 0; i < program_.size(); ++i) {
      const std::string& type = program_.node(i).op_type;
      for (NodeTimes* total : {&by_type[type], &by_type["all"]}) {
        total->forward += times_[i].forward;
        total->bind += times_[i].bind;
        total->backward += times_[i].backward;
      }
    }
    std::vector<std::pair<std::string, NodeTimes>> rows(by_type.begin(), by_type.end());
    std::ranges::sort(rows, std::greater(), [](const auto& row) { return row.second.sum(); });
    std::printf("\n%-24s %8s %8s %8s\n", "operator", "forward", "bind", "backward");
    for (const auto& [type, times] : rows) {
      std::printf("%-24s %8.2f %8.2f %8.2f\n", type.c_str(), times.forward, times.bind,
                  times.backward);
    }
  }

  ThreadPool pool_;
  Program program_;
  ValueId logits_;
  ModelInfo info_;
  Binding binding_;
  ForwardPass forward_;
  std::vector<NodeTimes> times_;
};

Options parse(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    throw std::runtime_error("usage: session_bench MODEL.onnx [ROUNDS [THREADS [LAYER...]]]");
  }
  Options options{.model = arguments[0]};
  if (arguments.size() > 1) options.rounds = std::stoul(arguments[1]);
  if (arguments.size() > 2) options.threads = std::stoul(arguments[2]);
  if (arguments.size() > 3) options.layers.assign(arguments.begin() + 3, arguments.end());
  return options;
}

}  // namespace
}  // namespace relcam

int main(int argc, char** argv) {
  try {
    const auto options = relcam::parse({argv + 1, argv + argc});
    relcam::SessionBench bench(options);
    bench.run(options.rounds);
    bench.print();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "session_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
