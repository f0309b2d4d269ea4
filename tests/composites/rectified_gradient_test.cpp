#include <gtest/gtest.h>

#include <algorithm>

#include "composites/composite.h"
#include "session/session.h"
#include "support/reference_case.h"

namespace relcam {
namespace {

void run(Job& job) {
  while (job.step()) continue;
}

/// The peer's attribution is the gradient at the input under the composite.
void expect_like_captum(const std::string& composite, const std::string& method) {
  for (const std::string& name : testing::ReferenceCase::names("captum_")) {
    const testing::ReferenceCase reference(name);
    Session session = Session::load(reference.model(), {});
    session.set_input(reference.tensor("input.pb").values);
    ExplainRequest request;
    request.method = "grad-cam";
    request.layers = {"input"};
    request.targets = {reference.description().at("target_class").get<std::size_t>()};
    request.start = "one-hot";
    request.composite = composite;
    request.emit = {"gradient"};
    run(*session.start_explain(request));
    const auto& entries = reference.description().at("expect");
    const auto entry = std::ranges::find_if(
        entries, [&](const auto& candidate) { return candidate.at("method") == method; });
    ASSERT_NE(entry, entries.end()) << name;
    ASSERT_EQ(session.explanation().results.size(), 1U);
    EXPECT_EQ(testing::difference(session.explanation().results.front().data,
                                  reference.tensor(entry->at("file")).values, entry->at("atol"),
                                  entry->at("rtol")),
              "")
        << name;
  }
}

TEST(GuidedBackprop, IsThePeersGuidedBackprop) {
  expect_like_captum("guided-backprop", "GuidedBackprop");
}

TEST(Deconvnet, IsThePeersDeconvolution) { expect_like_captum("deconvnet", "Deconvolution"); }

TEST(RectifiedGradients, RectifyAtRectifiersOnly) {
  for (const char* name : {"guided-backprop", "deconvnet"}) {
    const Composite composite = make_composite(name, {});
    const auto rule_for = [&](std::string_view op_type, Kind kind) {
      return choose_row(composite, {.op_type = op_type, .kind = kind})->rule->name();
    };
    for (const char* rectifier : {"Relu", "LeakyRelu", "PRelu", "Clip"}) {
      EXPECT_NE(rule_for(rectifier, Kind::Activation), "gradient") << rectifier;
    }
    EXPECT_EQ(rule_for("Sigmoid", Kind::Activation), "gradient");
    EXPECT_EQ(rule_for("Softmax", Kind::Own), "gradient");
    EXPECT_EQ(choose_row(composite, {.kind = Kind::Blind}), nullptr);
  }
}

}  // namespace
}  // namespace relcam
