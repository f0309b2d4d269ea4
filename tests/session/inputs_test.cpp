// What a model takes and gives: open sizes, layouts, several inputs and outputs, and ends that are
// no class scores.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "session/session.h"
#include "support/onnx_builder.h"

namespace relcam {
namespace {

using namespace relcam::testing;
using ::testing::ElementsAre;

void finish(std::unique_ptr<Job> job) {
  while (job->step()) {
  }
}

std::vector<float> ramp(std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<float>(i % 7) / 7.0F;
  return values;
}

/// Convolution to 5 channels, ReLU, global average, 5 to `classes`; the scores are named "scores".
OnnxBuilder classifier(const std::vector<OnnxDimension>& input, std::int64_t channels,
                       std::int64_t classes, bool channels_last = false) {
  OnnxBuilder builder;
  builder.input("x", input)
      .floats("w", {5, channels, 3, 3}, ramp(static_cast<std::size_t>(45 * channels)))
      .floats("m", {5, classes}, ramp(static_cast<std::size_t>(5 * classes)));
  if (channels_last) {
    builder.node("Transpose", {"x"}, {"t"}, {onnx_attribute("perm", Shape{0, 3, 1, 2})});
  }
  return builder.node("Conv", {channels_last ? "t" : "x", "w"}, {"c"})
      .node("Relu", {"c"}, {"r"})
      .node("GlobalAveragePool", {"r"}, {"g"})
      .node("Flatten", {"g"}, {"f"})
      .node("MatMul", {"f", "m"}, {"scores"});
}

/// Loads, runs on a ramp and explains the top class; the Relevance-CAM's shape.
Shape explained(const OnnxBuilder& builder) {
  Session session = Session::load(builder.bytes(), {});
  const TensorInfo& input = session.info().inputs.front();
  session.set_input(ramp(element_count(input.shape)));
  ExplainRequest request;
  request.layers = {"r"};
  finish(session.start_explain(request));
  for (const ResultArray& result : session.explanation().results) {
    if (result.kind == "cam") return result.shape;
  }
  return {};
}

TEST(Inputs, OpenDimensionsAreFilledIn) {
  const OnnxBuilder builder =
      classifier({std::string("N"), 3, std::string("H"), std::string("W")}, 3, 4).output("scores");
  EXPECT_EQ(Session::load(builder.bytes(), {}).info().inputs.front().shape,
            (Shape{1, 3, 224, 224}));
  LoadOptions sizes;
  sizes.dimensions = {{"H", 10}, {"W", 12}};
  EXPECT_EQ(Session::load(builder.bytes(), sizes).info().inputs.front().shape,
            (Shape{1, 3, 10, 12}));
  LoadOptions shape;
  shape.input_shapes = {{"x", {1, 3, 8, 9}}};
  EXPECT_EQ(Session::load(builder.bytes(), shape).info().inputs.front().shape, (Shape{1, 3, 8, 9}));
}

TEST(Inputs, PicturesOfOneToFourChannels) {
  for (std::int64_t channels = 1; channels <= 4; ++channels) {
    EXPECT_EQ(explained(classifier({1, channels, 8, 8}, channels, 4).output("scores")),
              (Shape{1, 1, 6, 6}))
        << channels;
  }
}

TEST(Inputs, PicturesWithChannelsLast) {
  EXPECT_EQ(explained(classifier({1, 8, 9, 3}, 3, 4, true).output("scores")), (Shape{1, 1, 6, 7}));
}

TEST(Inputs, AndOutputsByName) {
  Session session = Session::load(OnnxBuilder()
                                      .input("a", {2})
                                      .input("b", {2})
                                      .node("Add", {"a", "b"}, {"sum"})
                                      .node("Sub", {"a", "b"}, {"difference"})
                                      .output("sum")
                                      .output("difference")
                                      .bytes(),
                                  {});
  session.set_input("a", std::vector<float>{5, 7});
  EXPECT_THROW(finish(session.start_forward()), Error) << "b is not given";
  session.set_input("b", std::vector<float>{1, 2});
  finish(session.start_forward());
  EXPECT_THAT(session.output("sum"), ElementsAre(6, 9));
  EXPECT_THAT(session.output("difference"), ElementsAre(4, 5));
  EXPECT_THAT(session.output(""), ElementsAre(6, 9));
  EXPECT_THROW(session.set_input("c", std::vector<float>{1, 2}), Error);
  EXPECT_THROW((void)session.output("product"), Error);
}

TEST(Outputs, ScoresAreFoundBeforeWhatDecides) {
  const OnnxBuilder model = classifier({1, 3, 8, 8}, 3, 1001);
  const std::vector<OnnxMessage> axis = {onnx_attribute("axis", std::int64_t{1})};
  const OnnxBuilder ends[] = {
      OnnxBuilder(model).node("Softmax", {"scores"}, {"y"}, axis).output("y"),
      OnnxBuilder(model)
          .node("Identity", {"scores"}, {"same"})
          .node("LogSoftmax", {"same"}, {"y"}, axis)
          .output("y")};
  for (const OnnxBuilder& end : ends) {
    Session session = Session::load(end.bytes(), {});
    EXPECT_EQ(session.info().logits, "scores");
    EXPECT_EQ(session.info().classes, 1001U);
    EXPECT_EQ(explained(end), (Shape{1, 1, 6, 6}));
  }
}

TEST(Inputs, WeightsThatArrivedApartGiveTheSameScores) {
  const std::vector<float> weights = ramp(135);
  const auto builder = [](const OnnxMessage& tensor) {
    return OnnxBuilder()
        .input("x", {1, 3, 8, 8})
        .initializer(tensor)
        .node("Conv", {"x", "w"}, {"c"})
        .node("Relu", {"c"}, {"r"})
        .output("r");
  };
  const OnnxMessage apart = onnx_tensor("w", OnnxType::Float, {5, 3, 3, 3}, [](auto& writer) {
    writer.add_int32(14, 1);
    std::string entry;
    protozero::pbf_writer fields(entry);
    fields.add_string(1, "location");
    fields.add_string(2, "");
    writer.add_message(13, entry);
  });
  LoadOptions options;
  const auto block = std::make_shared<WeightBlock>(weights.size() * sizeof(float));
  std::ranges::copy(std::as_bytes(std::span(weights)), block->bytes().begin());
  options.weight_blocks[""][0] = block;
  std::vector<std::vector<float>> outputs;
  for (const bool is_apart : {false, true}) {
    Session session =
        Session::load(builder(is_apart ? apart : onnx_floats("w", {5, 3, 3, 3}, weights)).bytes(),
                      is_apart ? std::move(options) : LoadOptions{});
    session.set_input(ramp(192));
    finish(session.start_forward());
    outputs.push_back(session.output(""));
  }
  EXPECT_EQ(outputs[0], outputs[1]);
}

}  // namespace
}  // namespace relcam
