#include "support/written_formula.h"

#include <gtest/gtest.h>

#include <cmath>

#include "canonizers/canonize.h"
#include "onnx/read_onnx.h"
#include "session/session.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

struct Answer {
  std::vector<float> output;
  std::vector<float> gradient;
};

Answer ask(const OnnxBuilder& model, const std::string& output) {
  Session session = Session::load(model.bytes(), {});
  const auto size = [](const Shape& shape) { return element_count(shape); };
  session.set_input(random_floats(size(session.info().inputs.front().shape), 3));
  ExplainRequest request;
  request.method = "gradient";
  request.layers = {"x"};
  request.output = output;
  request.seed = random_floats(size(session.info().outputs.front().shape), 4);
  const auto job = session.start_explain(request);
  while (job->step()) continue;
  return {session.output(output), session.explanation().results.front().data};
}

void expect_near(const std::vector<float>& got, const std::vector<float>& want, float tolerance) {
  ASSERT_EQ(got.size(), want.size());
  float largest = 0.0F;
  for (const float value : want) largest = std::max(largest, std::abs(value));
  EXPECT_GT(largest, 0.0F);
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], want[i], tolerance * largest);
}

}  // namespace

WrittenFormula::WrittenFormula(const std::vector<OnnxDimension>& input, std::int64_t opset)
    : builder_(opset) {
  builder_.input("x", input);
}

std::string WrittenFormula::operator()(const std::string& op_type,
                                       const std::vector<std::string>& inputs,
                                       const std::vector<OnnxMessage>& attributes) {
  values_.push_back("t" + std::to_string(values_.size()));
  builder_.node(op_type, inputs, {values_.back()}, attributes);
  return values_.back();
}

std::string WrittenFormula::constant(const Shape& shape, const std::vector<float>& values) {
  const std::string name = "c" + std::to_string(constants_++);
  builder_.floats(name, shape, values);
  return name;
}

std::string WrittenFormula::integers(const std::vector<std::int64_t>& values) {
  const std::string name = "c" + std::to_string(constants_++);
  builder_.integers(name, {static_cast<std::int64_t>(values.size())}, values);
  return name;
}

ByteView WrittenFormula::bytes() const {
  return OnnxBuilder(builder_).output(values_.back()).bytes();
}

Graph WrittenFormula::canonized() const {
  Graph graph = read_onnx(bytes());
  canonize(graph, {}, ThreadPool(1));
  return graph;
}

std::vector<std::string> WrittenFormula::operators() const {
  std::vector<std::string> types;
  for (const Node& node : canonized().nodes) types.push_back(node.op_type);
  return types;
}

void WrittenFormula::expect_unchanged(float tolerance) const {
  OnnxBuilder rewritten = builder_;
  OnnxBuilder literal = builder_;
  rewritten.output(values_.back());
  literal.output(values_.back());
  for (std::size_t i = 0; i + 1 < values_.size(); ++i) literal.output(values_[i]);
  const Answer got = ask(rewritten, values_.back());
  const Answer want = ask(literal, values_.back());
  expect_near(got.output, want.output, tolerance);
  expect_near(got.gradient, want.gradient, tolerance);
}

}  // namespace relcam::testing
