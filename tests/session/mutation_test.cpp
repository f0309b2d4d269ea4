// Damaged copies of small models: they load and run, or are refused with a typed error.
#include <gtest/gtest.h>

#include <new>
#include <random>

#include "base/error.h"
#include "session/session.h"
#include "support/onnx_builder.h"

namespace relcam {
namespace {

using namespace relcam::testing;

std::string convolutional() {
  return OnnxBuilder()
      .input("x", {1, 3, 8, 8})
      .floats("w", {4, 3, 3, 3}, std::vector<float>(108, 0.1F))
      .floats("b", {4}, {1, 2, 3, 4})
      .floats("s", {4}, {1, 1, 1, 1})
      .floats("m", {4, 5}, std::vector<float>(20, 0.5F))
      .integers("flat", {2}, {1, -1})
      .node("Conv", {"x", "w", "b"}, {"c"}, {onnx_attribute("pads", Shape{1, 1, 1, 1})})
      .node("BatchNormalization", {"c", "s", "b", "b", "s"}, {"n"})
      .node("Relu", {"n"}, {"r"})
      .node("MaxPool", {"r"}, {"p"},
            {onnx_attribute("kernel_shape", Shape{2, 2}), onnx_attribute("strides", Shape{2, 2})})
      .node("GlobalAveragePool", {"p"}, {"g"})
      .node("Reshape", {"g", "flat"}, {"f"})
      .node("Gemm", {"f", "m"}, {"l"})
      .node("Softmax", {"l"}, {"y"}, {onnx_attribute("axis", std::int64_t{1})})
      .output("y")
      .text();
}

std::string arithmetic() {
  const OnnxBuilder one = OnnxBuilder().node("Relu", {"x"}, {"h"}).output("h");
  const OnnxBuilder two = OnnxBuilder().node("Neg", {"x"}, {"h"}).output("h");
  return OnnxBuilder()
      .input("x", {std::string("n"), 3})
      .integers("i", {1}, {1})
      .node("Shape", {"x"}, {"shape"})
      .node("Gather", {"shape", "i"}, {"length"})
      .node("Equal", {"length", "i"}, {"is_one"})
      .node("If", {"is_one"}, {"z"},
            {onnx_graph_attribute("then_branch", one.graph()),
             onnx_graph_attribute("else_branch", two.graph())})
      .node("Twice", {"z"}, {"y"}, {onnx_attribute("alpha", 0.5F)}, "custom")
      .output("y")
      .function({.domain = "custom",
                 .name = "Twice",
                 .inputs = {"a"},
                 .outputs = {"b"},
                 .nodes = {onnx_node("first", "LeakyRelu", {"a"}, {"mid"},
                                     {onnx_reference_attribute("alpha", "alpha")}),
                           onnx_node("second", "Softmax", {"mid"}, {"b"})},
                 .attributes = {"alpha"}})
      .text();
}

std::string mutated(std::string model, std::mt19937& random) {
  const auto below = [&random](std::size_t bound) { return random() % bound; };
  const std::size_t changes = 1 + below(3);
  for (std::size_t i = 0; i < changes && !model.empty(); ++i) {
    const std::size_t at = below(model.size());
    const std::size_t length = 1 + below(8);
    // Mostly in place: other lengths break the messages around them, which is refused early.
    switch (below(10)) {
      case 0: model.erase(at, length); break;
      case 1: model.insert(at, model.substr(below(model.size()), length)); break;
      case 2: model.replace(at, length, std::string("\xff\xff\xff\xff\xff\xff\xff\xff\x7f")); break;
      case 3:
      case 4: model[at] = static_cast<char>(below(256)); break;
      case 5: model[at] = model[below(model.size())]; break;
      default: model[at] = static_cast<char>(model[at] ^ (1 << below(8))); break;
    }
  }
  return model;
}

/// Runs on zeros unless a mutation has made the model too large for a test.
void run(Session& session) {
  constexpr std::int64_t kMostMacs = 10'000'000;
  constexpr std::size_t kMostElements = 1'000'000;
  for (const LayerInfo& layer : session.info().layers) {
    if (layer.macs > kMostMacs || element_count(layer.shape) > kMostElements) return;
  }
  for (const TensorInfo& input : session.info().inputs) {
    const std::size_t size = element_count(input.shape);
    if (size > kMostElements) return;
    session.set_input(input.name, std::vector<float>(size));
  }
  const std::unique_ptr<Job> job = session.start_forward();
  while (job->step()) {
  }
}

struct Outcomes {
  int ran = 0;
  int refused = 0;
};

Outcomes run_mutations(const std::string& model, int count) {
  std::mt19937 random(7);
  Outcomes outcomes;
  for (int i = 0; i < count; ++i) {
    try {
      Session session = Session::load(to_byte_view(mutated(model, random)), {});
      run(session);
      ++outcomes.ran;
    } catch (const Error& error) {
      EXPECT_NE(error.code(), ErrorCode::Internal) << error.what() << ", mutation " << i;
      EXPECT_STRNE(error.what(), "");
      ++outcomes.refused;
    }
  }
  return outcomes;
}

class Mutations : public ::testing::TestWithParam<std::string (*)()> {};

TEST_P(Mutations, RunOrAreRefused) {
  constexpr int kCount = 3000;
  const Outcomes outcomes = run_mutations(GetParam()(), kCount);
  // Both happen often, else the mutations would show nothing.
  EXPECT_GT(outcomes.ran, kCount / 50);
  EXPECT_GT(outcomes.refused, kCount / 50);
}

INSTANTIATE_TEST_SUITE_P(Models, Mutations, ::testing::Values(&convolutional, &arithmetic));

}  // namespace
}  // namespace relcam
