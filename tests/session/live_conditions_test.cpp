// Activations that are written with comparisons and Where, as custom layers are exported.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

#include "base/error.h"
#include "composites/composite.h"
#include "session/session.h"
#include "support/ledger.h"
#include "support/node_fixture.h"
#include "support/onnx_builder.h"
#include "support/refusal.h"

namespace relcam {
namespace {

using testing::lost;
using testing::onnx_attribute;
using testing::OnnxBuilder;
using testing::random_floats;
using testing::rounding;

/// Conv, the activation from "z" to "a", global average pooling and Gemm.
Session network(const std::function<void(OnnxBuilder&)>& activation) {
  OnnxBuilder builder;
  builder.input("x", {1, 2, 6, 6})
      .floats("w", {4, 2, 3, 3}, random_floats(72, 1))
      .floats("b", {4}, random_floats(4, 2))
      .floats("zero", {}, {0.0F})
      .floats("slope", {}, {0.1F})
      .floats("classes", {3, 4}, random_floats(12, 3))
      .node("Conv", {"x", "w", "b"}, {"z"});
  activation(builder);
  builder.node("GlobalAveragePool", {"a"}, {"pooled"})
      .node("Flatten", {"pooled"}, {"flat"})
      .node("Gemm", {"flat", "classes"}, {"y"}, {onnx_attribute("transB", std::int64_t{1})})
      .output("y");
  Session session = Session::load(builder.bytes(), {});
  session.set_input(random_floats(72, 4));
  return session;
}

void leaky(OnnxBuilder& builder) {
  builder.node("LeakyRelu", {"z"}, {"a"}, {onnx_attribute("alpha", 0.1F)});
}

void leaky_by_where(OnnxBuilder& builder) {
  builder.node("Greater", {"z", "zero"}, {"above"})
      .node("Mul", {"z", "slope"}, {"below"})
      .node("Where", {"above", "z", "below"}, {"a"});
}

/// The mask stands first, where a gate's signal is looked for.
void relu_by_mask(OnnxBuilder& builder) {
  builder.node("Greater", {"z", "zero"}, {"above"})
      .node("Cast", {"above"}, {"mask"}, {onnx_attribute("to", std::int64_t{1})})
      .node("Mul", {"mask", "z"}, {"a"});
}

void relu(OnnxBuilder& builder) { builder.node("Relu", {"z"}, {"a"}); }

std::vector<ResultArray> explain(Session& session, const ExplainRequest& request) {
  const auto job = session.start_explain(request);
  while (job->step()) continue;
  return session.explanation().results;
}

void expect_same(Session got, Session want, const ExplainRequest& request) {
  const std::vector<ResultArray> a = explain(got, request);
  const std::vector<ResultArray> b = explain(want, request);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(a[i].data.size(), b[i].data.size());
    double size = 0.0;
    for (std::size_t j = 0; j < a[i].data.size(); ++j) {
      EXPECT_NEAR(a[i].data[j], b[i].data[j], 1e-6F) << request.composite << " " << a[i].layer;
      size += std::abs(static_cast<double>(b[i].data[j]));
    }
    EXPECT_GT(size, 0.0) << request.composite << " " << a[i].layer;
  }
}

TEST(LiveConditions, WhereIsTheActivationThatItSpells) {
  for (const CompositeEntry& composite : all_composites()) {
    // These two treat rectifiers in their own way and know them by their operator.
    if (composite.name == "guided-backprop" || composite.name == "deconvnet") continue;
    ExplainRequest request;
    request.composite = composite.name;
    request.layers = {"a", "z", "input"};
    request.emit = {"relevance"};
    expect_same(network(leaky_by_where), network(leaky), request);
    expect_same(network(relu_by_mask), network(relu), request);
  }
}

TEST(LiveConditions, ClassActivationMapsAreTheSame) {
  for (const char* method : {"relevance-cam", "grad-cam", "layer-cam", "shapley-cam"}) {
    ExplainRequest request;
    request.method = method;
    request.layers = {"z"};
    request.emit = {"cam"};
    expect_same(network(leaky_by_where), network(leaky), request);
  }
}

TEST(LiveConditions, TheLedgerShowsWhatConstantsTook) {
  Session session = network([](OnnxBuilder& builder) {
    builder.node("Greater", {"z", "zero"}, {"above"}).node("Where", {"above", "z", "slope"}, {"a"});
  });
  ExplainRequest request;
  request.composite = "epsilon-plus";
  request.layers = {"input"};
  request.emit = {"relevance"};
  request.ledger = true;
  explain(session, request);
  bool found = false;
  for (const LedgerEntry& entry : session.explanation().ledger) {
    EXPECT_LE(std::abs(entry.other), rounding(entry)) << entry.node;
    if (entry.op_type != "Where") continue;
    found = true;
    EXPECT_GT(std::abs(entry.padding), 1e-3);
    EXPECT_NEAR(entry.received, entry.sent + lost(entry), rounding(entry));
  }
  EXPECT_TRUE(found);
}

TEST(LiveConditions, ATruthValueHasNoRelevance) {
  Session session = network(relu_by_mask);
  ExplainRequest request;
  request.layers = {"above"};
  const Error error = testing::error_of([&] { explain(session, request); });
  EXPECT_EQ(error.code(), ErrorCode::UnknownLayer);
  EXPECT_EQ(error.node(), "above");
  request.layers = {"z"};
  EXPECT_NO_THROW(explain(session, request));
}

}  // namespace
}  // namespace relcam
