#include "onnx/read_onnx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "support/onnx_builder.h"
#include "support/refusal.h"

namespace relcam {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace relcam::testing;
using protozero::pbf_writer;

OnnxBuilder relu(std::int64_t opset = 17) {
  OnnxBuilder builder(opset);
  builder.input("x", {1, 3}).node("Relu", {"x"}, {"y"}).output("y");
  return builder;
}

/// A model whose only content is one initializer, the graph's output.
Constant stored(const OnnxMessage& tensor) {
  const Graph graph = read_onnx(OnnxBuilder().initializer(tensor).output("t").bytes());
  return *graph.value(graph.outputs.at(0)).constant;
}

Error failure_of(const OnnxBuilder& builder, const ImportOptions& options = {}) {
  return error_of([&] { read_onnx(builder.bytes(), options); });
}

TEST(ReadOnnx, BuildsTheGraph) {
  const Graph graph =
      read_onnx(OnnxBuilder(13)
                    .input("x", {1, 3})
                    .floats("w", {3}, {1, 2, 3})
                    .node("Softmax", {"s"}, {"y"}, {onnx_attribute("axis", std::int64_t{-1})})
                    .node("Add", {"x", "w"}, {"s"})
                    .output("y")
                    .metadata("imageSize", "224")
                    .bytes());
  EXPECT_EQ(graph.opset, 13);
  EXPECT_EQ(graph.metadata.at("imageSize"), "224");
  EXPECT_EQ(dump(graph),
            "inputs x:1x3\n"
            "s = Add(x:1x3, w:{float32 3 [1,2,3]})\n"
            "y = Softmax(s) axis=-1\n"
            "outputs y\n");
}

TEST(ReadOnnx, RawWeightsAreViewsIntoTheFile) {
  const ByteView file =
      OnnxBuilder().floats("t", {64}, std::vector<float>(64, 1.5F)).output("t").bytes();
  const long owners = file.owner.use_count();
  const Graph graph = read_onnx(file);
  const std::span<const std::byte> view = graph.value(graph.outputs[0]).constant->bytes();
  EXPECT_GE(view.data(), file.bytes.data());
  EXPECT_LE(view.data() + view.size(), file.bytes.data() + file.bytes.size());
  EXPECT_GT(file.owner.use_count(), owners);
}

TEST(ReadOnnx, PackedFloatDataIsAViewToo) {
  const std::vector<float> values = {1, 2, 3};
  const ByteView file =
      OnnxBuilder()
          .initializer(onnx_tensor("t", OnnxType::Float, {3},
                                   [&](pbf_writer& writer) {
                                     writer.add_packed_float(4, values.begin(), values.end());
                                   }))
          .output("t")
          .bytes();
  const Graph graph = read_onnx(file);
  const Constant& constant = *graph.value(graph.outputs[0]).constant;
  EXPECT_GE(constant.bytes().data(), file.bytes.data());
  EXPECT_LE(constant.bytes().data(), file.bytes.data() + file.bytes.size());
  EXPECT_EQ(constant.floats(), values);
}

TEST(ReadOnnx, ReadsTypedFieldsOfEveryElementType) {
  const auto int32_data = [](OnnxType type, const std::vector<std::int32_t>& values) {
    return stored(onnx_tensor(
        "t", type, {static_cast<std::int64_t>(values.size())},
        [&](pbf_writer& writer) { writer.add_packed_int32(5, values.begin(), values.end()); }));
  };
  EXPECT_THAT(int32_data(OnnxType::Int32, {-5, 6}).ints(), ElementsAre(-5, 6));
  EXPECT_THAT(int32_data(OnnxType::Int16, {-5}).ints(), ElementsAre(-5));
  EXPECT_THAT(int32_data(OnnxType::UInt16, {65535}).ints(), ElementsAre(65535));
  EXPECT_THAT(int32_data(OnnxType::Int8, {-128}).ints(), ElementsAre(-128));
  EXPECT_THAT(int32_data(OnnxType::UInt8, {200}).ints(), ElementsAre(200));
  EXPECT_THAT(int32_data(OnnxType::Bool, {0, 1}).ints(), ElementsAre(0, 1));
  EXPECT_THAT(int32_data(OnnxType::Float16, {0x3C00, 0xC000}).floats(), ElementsAre(1, -2));
  EXPECT_THAT(int32_data(OnnxType::BFloat16, {0x3F80}).floats(), ElementsAre(1));
}

TEST(ReadOnnx, ReadsWideTypedFields) {
  EXPECT_THAT(stored(onnx_tensor("t", OnnxType::Int64, {2},
                                 [](pbf_writer& writer) {
                                   writer.add_int64(7, -1);  // not packed
                                   writer.add_int64(7, 1LL << 40);
                                 }))
                  .ints(),
              ElementsAre(-1, 1LL << 40));
  const std::vector<double> doubles = {0.5, -4};
  EXPECT_THAT(stored(onnx_tensor("t", OnnxType::Double, {2},
                                 [&](pbf_writer& writer) {
                                   writer.add_packed_double(10, doubles.begin(), doubles.end());
                                 }))
                  .floats(),
              ElementsAre(0.5F, -4.0F));
  const std::vector<std::uint64_t> unsigned_values = {3, 4};
  for (const OnnxType type : {OnnxType::UInt32, OnnxType::UInt64}) {
    EXPECT_THAT(stored(onnx_tensor("t", type, {2},
                                   [&](pbf_writer& writer) {
                                     writer.add_packed_uint64(11, unsigned_values.begin(),
                                                              unsigned_values.end());
                                   }))
                    .ints(),
                ElementsAre(3, 4));
  }
  EXPECT_THAT(stored(onnx_tensor("t", OnnxType::Float, {3},
                                 [](pbf_writer& writer) {
                                   writer.add_float(4, 1.0F);  // not packed
                                   writer.add_float(4, 2.0F);
                                   writer.add_float(4, 3.0F);
                                 }))
                  .floats(),
              ElementsAre(1, 2, 3));
}

TEST(ReadOnnx, ConstantNodesBecomeConstants) {
  const Graph graph = read_onnx(
      OnnxBuilder()
          .node("Constant", {}, {"a"},
                {onnx_tensor_attribute("value", onnx_floats("", {2}, {1, 2}))})
          .node("Constant", {}, {"b"}, {onnx_attribute("value_float", 0.5F)})
          .node("Constant", {}, {"c"}, {onnx_attribute("value_int", std::int64_t{3})})
          .node("Constant", {}, {"d"}, {onnx_attribute("value_floats", std::vector<float>{4, 5})})
          .node("Constant", {}, {"e"}, {onnx_attribute("value_ints", std::vector<std::int64_t>{6})})
          .output("a")
          .bytes());
  EXPECT_TRUE(graph.nodes.empty());
  const auto constant = [&graph](const char* name) {
    return *graph.value(graph.find(name)).constant;
  };
  EXPECT_THAT(constant("a").floats(), ElementsAre(1, 2));
  EXPECT_THAT(constant("b").floats(), ElementsAre(0.5F));
  EXPECT_EQ(constant("b").shape(), Shape{});
  EXPECT_THAT(constant("c").ints(), ElementsAre(3));
  EXPECT_THAT(constant("d").floats(), ElementsAre(4, 5));
  EXPECT_THAT(constant("e").ints(), ElementsAre(6));
}

TEST(ReadOnnx, InitializersAmongTheInputsAreNoRunTimeInputs) {
  const Graph graph = read_onnx(OnnxBuilder(7)
                                    .input("x", {3})
                                    .input("w", {3})
                                    .floats("w", {3}, {1, 2, 3})
                                    .node("Add", {"x", "w"}, {"y"})
                                    .output("y")
                                    .bytes());
  EXPECT_THAT(graph.inputs, ElementsAre(graph.find("x")));
}

TEST(ReadOnnx, OmittedInputsAndOutputsAreNoValues) {
  const Graph graph = read_onnx(
      OnnxBuilder().input("x", {3}).node("Clip", {"x", "", "x"}, {"y", ""}).output("y").bytes());
  EXPECT_EQ(graph.nodes[0].inputs[1], kNoValue);
  EXPECT_EQ(graph.nodes[0].outputs[1], kNoValue);
}

TEST(ReadOnnx, NodesWithoutANameTakeTheirOutputs) {
  std::string node_message;
  pbf_writer node(node_message);
  node.add_string(1, "x");
  node.add_string(2, "y");
  node.add_string(4, "Relu");
  node.add_string(7, "ai.onnx");
  std::string graph_message;
  pbf_writer graph(graph_message);
  graph.add_message(1, node_message);
  std::string model = OnnxBuilder().input("x", {1}).output("y").text();
  // The second graph field would be one too many, so the node goes into the one that is there.
  const std::size_t at = model.find(std::string("\x5a", 1));
  ASSERT_NE(at, std::string::npos);
  model.insert(at, graph_message);
  model[3] = static_cast<char>(static_cast<std::size_t>(model[3]) + graph_message.size());
  const Graph read = read_onnx(to_byte_view(model));
  EXPECT_EQ(read.nodes.at(0).name, "y");
  EXPECT_EQ(read.nodes.at(0).domain, "");
}

Shape input_shape(const std::vector<OnnxDimension>& declared, const ImportOptions& options = {}) {
  const Graph graph = read_onnx(
      OnnxBuilder().input("image", declared).node("Relu", {"image"}, {"y"}).output("y").bytes(),
      options);
  return *graph.value(graph.inputs[0]).shape;
}

TEST(InputShape, OpenDimensionsGetDefaults) {
  EXPECT_EQ(input_shape({"N", 3, 224, 224}), (Shape{1, 3, 224, 224}));
  EXPECT_EQ(input_shape({"", 3, "height", "width"}), (Shape{1, 3, 224, 224}));
  EXPECT_EQ(input_shape({-1, 3, 0, -1}), (Shape{1, 3, 224, 224}));
  EXPECT_EQ(input_shape({"N", "h", "w", 3}), (Shape{1, 224, 224, 3}));
  EXPECT_EQ(input_shape({"N", 299, 299, 3}), (Shape{1, 299, 299, 3}));
  EXPECT_EQ(input_shape({"batch", "channels", "height", "width"}), (Shape{1, 3, 224, 224}));
  EXPECT_EQ(input_shape({"N", 1000}), (Shape{1, 1000}));
}

TEST(InputShape, OptionsDecide) {
  ImportOptions sizes;
  sizes.dimensions = {{"N", 2}, {"h", 64}};
  EXPECT_EQ(input_shape({"N", 3, "h", "w"}, sizes), (Shape{2, 3, 64, 224}));
  ImportOptions image;
  image.image_size = {96, 128};
  EXPECT_EQ(input_shape({"N", 3, "h", "w"}, image), (Shape{1, 3, 96, 128}));
  EXPECT_EQ(input_shape({"N", "h", "w", 3}, image), (Shape{1, 96, 128, 3}));
  EXPECT_EQ(input_shape({"N", 3, 64, "w"}, image), (Shape{1, 3, 64, 128}));
  ImportOptions whole;
  whole.input_shapes = {{"image", {1, 3, 96, 96}}};
  EXPECT_EQ(input_shape({"N", 3, 224, 224}, whole), (Shape{1, 3, 96, 96}));
}

Error input_failure(const std::vector<OnnxDimension>& declared, const ImportOptions& options = {}) {
  return failure_of(
      OnnxBuilder().input("image", declared).node("Relu", {"image"}, {"y"}).output("y"), options);
}

TEST(InputShape, SaysWhichDimensionToGive) {
  const Error named = input_failure({"N", "tokens", 64});
  EXPECT_EQ(named.code(), ErrorCode::InvalidOption);
  EXPECT_EQ(named.node(), "image");
  EXPECT_THAT(named.what(), HasSubstr("give a size for the dimension 'tokens'"));
  EXPECT_THAT(input_failure({1, ""}).what(), HasSubstr("give the whole shape"));
  EXPECT_THAT(failure_of(OnnxBuilder().bare_input("x").output("x")).what(),
              HasSubstr("'x' is not a tensor"));
}

TEST(InputShape, RefusesOptionsThatNameNothing) {
  ImportOptions dimension;
  dimension.dimensions = {{"heigth", 224}};
  const Error wrong_dimension = input_failure({"N", 3, "height", "width"}, dimension);
  EXPECT_EQ(wrong_dimension.code(), ErrorCode::InvalidOption);
  EXPECT_THAT(wrong_dimension.what(),
              HasSubstr("no open dimension 'heigth'; it has 'N', 'height'"));
  ImportOptions input;
  input.input_shapes = {{"imag", {1, 3, 224, 224}}};
  EXPECT_THAT(input_failure({"N", 3, 224, 224}, input).what(),
              HasSubstr("no input 'imag'; it has 'image'"));
  ImportOptions rank;
  rank.input_shapes = {{"image", {224, 224}}};
  EXPECT_THAT(input_failure({"N", 3, 224, 224}, rank).what(), HasSubstr("should have 4"));
}

TEST(InputShape, RefusesAbsurdSizes) {
  EXPECT_THAT(input_failure({1, 1LL << 40, 1LL << 40}).what(), HasSubstr("too large"));
  ImportOptions negative;
  negative.dimensions = {{"h", -5}};
  EXPECT_THAT(input_failure({1, 3, "h", 4}, negative).what(), HasSubstr("negative dimension"));
}

OnnxMessage external_tensor(const std::vector<std::pair<std::string, std::string>>& entries) {
  return onnx_tensor("t", OnnxType::Float, {2}, [&](pbf_writer& writer) {
    for (const auto& [key, value] : entries) {
      pbf_writer entry(writer, 13);
      entry.add_string(1, key);
      entry.add_string(2, value);
    }
    writer.add_int32(14, 1);
  });
}

OnnxBuilder with_external(const std::vector<std::pair<std::string, std::string>>& entries) {
  OnnxBuilder builder;
  builder.initializer(external_tensor(entries)).output("t");
  return builder;
}

ImportOptions weights_file() {
  const auto data = std::make_shared<const std::vector<float>>(std::vector<float>{9, 1, 2, 9});
  ImportOptions options;
  options.external_data["weights.bin"] = {std::as_bytes(std::span(*data)), data};
  return options;
}

TEST(ExternalData, IsViewedInTheGivenFile) {
  const ImportOptions options = weights_file();
  for (const std::string location : {"weights.bin", "./weights.bin", "data/weights.bin"}) {
    const Graph graph = read_onnx(
        with_external({{"location", location}, {"offset", "4"}, {"length", "8"}}).bytes(), options);
    const Constant& constant = *graph.value(graph.outputs[0]).constant;
    EXPECT_THAT(constant.floats(), ElementsAre(1, 2));
    EXPECT_EQ(constant.bytes().data(), options.external_data.at("weights.bin").bytes.data() + 4);
  }
  const Graph graph = read_onnx(with_external({{"location", "weights.bin"}}).bytes(), options);
  EXPECT_THAT(graph.value(graph.outputs[0]).constant->floats(), ElementsAre(9, 1));
}

TEST(ExternalData, NamesTheMissingFile) {
  const Error failure = failure_of(with_external({{"location", "model.onnx.data"}}));
  EXPECT_EQ(failure.code(), ErrorCode::MissingExternalData);
  EXPECT_EQ(failure.node(), "model.onnx.data");
  EXPECT_THAT(failure.what(), HasSubstr("tensor 't'"));
}

TEST(ExternalData, RefusesPositionsAndPathsOutside) {
  const auto message = [](const std::vector<std::pair<std::string, std::string>>& entries) {
    return std::string(failure_of(with_external(entries), weights_file()).what());
  };
  EXPECT_THAT(message({{"location", "weights.bin"}, {"offset", "12"}}),
              HasSubstr("beyond the end"));
  EXPECT_THAT(message({{"location", "weights.bin"}, {"offset", "9223372036854775807"}}),
              HasSubstr("beyond the end"));
  EXPECT_THAT(message({{"location", "weights.bin"}, {"length", "4"}}), HasSubstr("needs 8 bytes"));
  EXPECT_THAT(message({{"location", "weights.bin"}, {"offset", "-4"}}), HasSubstr("position '-4'"));
  EXPECT_THAT(message({{"location", "weights.bin"}, {"offset", "4x"}}), HasSubstr("position '4x'"));
  for (const std::string path : {"../weights.bin", "/etc/weights.bin", "C:\\weights.bin", ""}) {
    EXPECT_THAT(message({{"location", path}}), HasSubstr("does not lie beside the model")) << path;
  }
}

TEST(WeightBlocks, HoldTensorsThatWereSetApart) {
  ImportOptions options;
  const auto block = std::make_shared<WeightBlock>(8);
  const std::array<float, 2> values = {1, 2};
  std::memcpy(block->data.get(), values.data(), 8);
  options.weight_blocks[""][3] = block;
  options.weight_blocks["weights.bin"][4] = block;
  const std::vector<std::vector<std::pair<std::string, std::string>>> places = {
      {{"location", ""}, {"offset", "3"}, {"length", "8"}},
      {{"location", "weights.bin"}, {"offset", "4"}}};
  for (const auto& place : places) {
    const Graph graph = read_onnx(with_external(place).bytes(), options);
    const Constant& constant = *graph.value(graph.outputs[0]).constant;
    EXPECT_THAT(constant.floats(), ElementsAre(1, 2));
    EXPECT_EQ(constant.bytes().data(), block->bytes().data());
  }
  const auto message = [&](const std::vector<std::pair<std::string, std::string>>& entries) {
    return std::string(failure_of(with_external(entries), options).what());
  };
  EXPECT_THAT(message({{"location", ""}, {"offset", "2"}}), HasSubstr("beyond the end"));
  EXPECT_THAT(message({{"location", ""}, {"offset", "4"}}), HasSubstr("beyond the end"));
  EXPECT_THAT(message({{"location", ""}, {"offset", "3"}, {"length", "4"}}),
              HasSubstr("needs 8 bytes"));
  EXPECT_THAT(message({{"location", "other.bin"}}), HasSubstr("'other.bin', which was not given"));
}

TEST(ReadOnnx, RefusesWhatIsNoModel) {
  const auto message = [](const std::string& text) {
    return refusal(ErrorCode::InvalidModel, [&] { read_onnx(to_byte_view(text)); });
  };
  EXPECT_EQ(message(""), "the model file is empty");
  EXPECT_THAT(message("<!DOCTYPE html><html></html>"), HasSubstr("not an ONNX model"));
  EXPECT_THAT(message("\x89PNG\r\n\x1a\n0000IHDR"), HasSubstr("not an ONNX model"));
  EXPECT_THAT(message("version https://git-lfs.github.com/spec/v1\n"),
              HasSubstr("not an ONNX model"));
  EXPECT_THAT(message(std::string(100, '\0')), HasSubstr("not an ONNX model"));
}

TEST(ReadOnnx, RefusesEveryTruncationOfAModel) {
  const std::string whole = OnnxBuilder()
                                .input("x", {1, 3})
                                .floats("w", {3}, {1, 2, 3})
                                .node("Add", {"x", "w"}, {"y"})
                                .output("y")
                                .text();
  ASSERT_NO_THROW(read_onnx(to_byte_view(whole)));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THROW(read_onnx(to_byte_view(whole.substr(0, size))), Error) << size;
  }
}

TEST(ReadOnnx, RefusesOpsetsOutsideTheRange) {
  EXPECT_NO_THROW(read_onnx(relu(7).bytes()));
  EXPECT_NO_THROW(read_onnx(relu(25).bytes()));
  for (const std::int64_t opset : {-1, 0, 6, 26, 1'000'000}) {
    EXPECT_THAT(failure_of(relu(opset)).what(),
                HasSubstr("opset " + std::to_string(opset) + ": export it with an opset from 7"));
  }
}

TEST(ReadOnnx, RefusesGraphsThatMakeNoSense) {
  const auto message = [](const OnnxBuilder& builder) {
    return refusal(ErrorCode::InvalidModel, [&] { read_onnx(builder.bytes()); });
  };
  EXPECT_THAT(message(OnnxBuilder().input("x", {1}).node("Add", {"x", "z"}, {"y"}).output("y")),
              HasSubstr("Add node 'n0' reads the tensor 'z'"));
  EXPECT_THAT(message(OnnxBuilder()
                          .input("x", {1})
                          .node("Add", {"x", "b"}, {"a"})
                          .node("Relu", {"a"}, {"b"})
                          .output("b")),
              HasSubstr("cycle"));
  EXPECT_THAT(message(OnnxBuilder()
                          .input("x", {1})
                          .node("Relu", {"x"}, {"y"})
                          .node("Tanh", {"x"}, {"y"})
                          .output("y")),
              HasSubstr("'y' is defined twice"));
  EXPECT_THAT(message(OnnxBuilder().input("x", {1}).node("Relu", {"x"}, {"x"}).output("x")),
              HasSubstr("'x' is defined twice"));
  EXPECT_THAT(message(OnnxBuilder().floats("w", {1}, {1}).floats("w", {1}, {2}).output("w")),
              HasSubstr("'w' is defined twice"));
  EXPECT_THAT(message(OnnxBuilder().input("x", {1}).output("y")),
              HasSubstr("nothing in the model computes its output 'y'"));
  EXPECT_THAT(message(OnnxBuilder().input("x", {1})), HasSubstr("no outputs"));
  EXPECT_THAT(message(OnnxBuilder().input("x", {1}).node("", {"x"}, {"y"}).output("y")),
              HasSubstr("node 'n0' has no operator type"));
  EXPECT_THAT(message(OnnxBuilder().floats("w", {3}, {1, 2}).output("w")),
              HasSubstr("tensor 'w' of shape 3 needs 12 bytes of float32 but has 8"));
  EXPECT_THAT(message(OnnxBuilder().floats("w", {1LL << 62, 16}, {}).output("w")),
              HasSubstr("tensor 'w' is malformed: a tensor is too large"));
  EXPECT_THAT(message(OnnxBuilder().floats("w", {-1}, {}).output("w")),
              HasSubstr("negative dimension"));
  EXPECT_THAT(message(OnnxBuilder().floats("w", Shape(17, 1), {1}).output("w")),
              HasSubstr("more than 16 dimensions"));
}

TEST(ReadOnnx, RefusesWhatItDoesNotSupport) {
  const auto code = [](const OnnxBuilder& builder) { return failure_of(builder).code(); };
  EXPECT_EQ(code(OnnxBuilder().sparse_initializer()), ErrorCode::UnsupportedOperator);
  EXPECT_EQ(code(OnnxBuilder().initializer(
                onnx_tensor("names", OnnxType::String, {1}, [](pbf_writer&) {}))),
            ErrorCode::UnsupportedOperator);
  EXPECT_EQ(code(OnnxBuilder().node("Constant", {}, {"c"},
                                    {onnx_attribute("value_string", std::string("cat"))})),
            ErrorCode::UnsupportedOperator);
}

TEST(ReadOnnx, RefusesAttributesThatContradictThemselves) {
  std::string confused;
  pbf_writer attribute(confused);
  attribute.add_string(1, "axis");
  attribute.add_float(2, 1.0F);
  attribute.add_int32(20, 2);  // says that it is an integer
  const auto message = [](const std::vector<OnnxMessage>& attributes) {
    const OnnxBuilder builder =
        OnnxBuilder().input("x", {1}).node("Softmax", {"x"}, {"y"}, attributes);
    return std::string(failure_of(builder).what());
  };
  EXPECT_THAT(message({confused}),
              HasSubstr("Softmax node 'n0': attribute 'axis' holds another type"));
  EXPECT_THAT(
      message({onnx_attribute("axis", std::int64_t{1}), onnx_attribute("axis", std::int64_t{0})}),
      HasSubstr("attribute 'axis' is given twice"));
}

TEST(ReadTensorProto, ReadsALoneTensor) {
  const NamedConstant tensor =
      read_tensor_proto(to_byte_view(onnx_floats("input", {1, 2}, {3, 4})));
  EXPECT_EQ(tensor.name, "input");
  EXPECT_EQ(tensor.value.shape(), (Shape{1, 2}));
  EXPECT_THAT(tensor.value.floats(), ElementsAre(3, 4));
}

TEST(ReadTensorProto, RefusesAnythingElse) {
  for (const std::string& text : {std::string("PNG"), std::string(), relu().text()}) {
    const Error error = error_of([&] { read_tensor_proto(to_byte_view(text)); });
    EXPECT_EQ(error.code(), ErrorCode::InvalidInput) << text;
  }
}

}  // namespace
}  // namespace relcam
