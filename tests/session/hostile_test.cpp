// Models that nobody exports: each is refused by name, in bounded time and memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <protozero/pbf_writer.hpp>

#include "base/error.h"
#include "session/session.h"
#include "support/onnx_builder.h"

namespace relcam {
namespace {

using namespace relcam::testing;
using protozero::pbf_writer;
using ::testing::HasSubstr;

/// "" when the model loads.
std::string refusal_of(const ByteView& model, LoadOptions options = {}) {
  try {
    (void)Session::load(model, std::move(options));
  } catch (const Error& error) {
    EXPECT_NE(error.code(), ErrorCode::Internal) << error.what();
    return error.what();
  }
  return "";
}

std::string refusal_of(const OnnxBuilder& builder) { return refusal_of(builder.bytes()); }

constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();

TEST(Hostile, GraphsOfTooManyNodes) {
  OnnxBuilder builder;
  builder.input("x0", {3});
  for (int i = 0; i < 300'000; ++i) {
    builder.node("Relu", {"x" + std::to_string(i)}, {"x" + std::to_string(i + 1)});
  }
  EXPECT_THAT(refusal_of(builder.output("x300000")), HasSubstr("more than 250,000 nodes"));
}

TEST(Hostile, MoreOperationsThanCanBePlanned) {
  OnnxBuilder builder;
  builder.input("x0", {3});
  for (int i = 0; i < 60'000; ++i) {
    builder.node("Relu", {"x" + std::to_string(i)}, {"x" + std::to_string(i + 1)});
  }
  EXPECT_THAT(refusal_of(builder.output("x60000")), HasSubstr("at most 50,000"));
}

TEST(Hostile, LongChainsOfConstantsFold) {
  OnnxBuilder builder;
  builder.input("x", {3}).floats("c0", {3}, {1, 2, 3});
  for (int i = 0; i < 20'000; ++i) {
    builder.node("Neg", {"c" + std::to_string(i)}, {"c" + std::to_string(i + 1)});
  }
  EXPECT_EQ(refusal_of(builder.node("Add", {"x", "c20000"}, {"y"}).output("y")), "");
}

TEST(Hostile, OneValueReadByManyNodes) {
  OnnxBuilder builder;
  builder.input("x", {3});
  std::vector<std::string> all;
  for (int i = 0; i < 20'000; ++i) {
    all.push_back("y" + std::to_string(i));
    builder.node("Relu", {"x"}, {all.back()});
  }
  EXPECT_EQ(refusal_of(builder.node("Sum", all, {"y"}).output("y")), "");
}

TEST(Hostile, ConstantsThatExplode) {
  const auto of_shape = [](const std::string& op, const Shape& dims) {
    const auto rank = static_cast<std::int64_t>(dims.size());
    OnnxBuilder builder;
    builder.input("x", {1}).integers("shape", {rank}, dims).floats("one", {1}, {1});
    if (op == "ConstantOfShape") builder.node(op, {"shape"}, {"c"});
    if (op == "Expand") builder.node(op, {"one", "shape"}, {"c"});
    if (op == "Tile") builder.node(op, {"one", "shape"}, {"c"});
    return refusal_of(
        builder.node("ReduceMax", {"c"}, {"m"}).node("Add", {"x", "m"}, {"y"}).output("y"));
  };
  for (const std::string op : {"ConstantOfShape", "Expand", "Tile"}) {
    EXPECT_THAT(of_shape(op, {1LL << 29}), HasSubstr("more than 1 GB")) << op;
    EXPECT_THAT(of_shape(op, {kHuge}), HasSubstr("too large")) << op;
    EXPECT_NE(of_shape(op, {-5}), "") << op;
    if (op == "Tile") continue;
    EXPECT_THAT(of_shape(op, {1LL << 32, 1LL << 32}), HasSubstr("too large")) << op;
  }
}

TEST(Hostile, RangesThatExplode) {
  const auto range = [](std::int64_t start, std::int64_t limit, std::int64_t delta) {
    return refusal_of(OnnxBuilder()
                          .input("x", {1})
                          .integers("start", {}, {start})
                          .integers("limit", {}, {limit})
                          .integers("delta", {}, {delta})
                          .node("Range", {"start", "limit", "delta"}, {"r"})
                          .node("Cast", {"r"}, {"c"}, {onnx_attribute("to", std::int64_t{1})})
                          .node("ReduceMax", {"c"}, {"m"})
                          .node("Add", {"x", "m"}, {"y"})
                          .output("y"));
  };
  EXPECT_EQ(range(0, 4, 1), "");
  EXPECT_NE(range(0, kHuge, 1), "");
  EXPECT_NE(range(std::numeric_limits<std::int64_t>::min(), kHuge, 1), "");
  EXPECT_NE(range(0, 1LL << 29, 1), "");
  EXPECT_NE(range(0, 1, 0), "");
}

TEST(Hostile, ConstantProductsThatTakeHours) {
  const std::int64_t n = 1 << 14;
  const std::string message = refusal_of(OnnxBuilder()
                                             .input("x", {1})
                                             .integers("shape", {2}, {n, n / 2})
                                             .integers("turned", {2}, {n / 2, n})
                                             .node("ConstantOfShape", {"shape"}, {"a"})
                                             .node("Reshape", {"a", "turned"}, {"b"})
                                             .node("MatMul", {"a", "b"}, {"c"})
                                             .node("ReduceMax", {"c"}, {"m"})
                                             .node("Add", {"x", "m"}, {"y"})
                                             .output("y"));
  EXPECT_THAT(message, ::testing::AnyOf(HasSubstr("takes too long"), HasSubstr("more than 1 GB")));
}

TEST(Hostile, ShapesThatOverflow) {
  EXPECT_THAT(refusal_of(OnnxBuilder()
                             .input("x", {1LL << 31, 1LL << 31, 4})
                             .node("Relu", {"x"}, {"y"})
                             .output("y")),
              HasSubstr("too large"));
  EXPECT_NE(refusal_of(OnnxBuilder()
                           .input("x", {1, 1, 4, 4})
                           .floats("w", {1, 1, 1, 1}, {1})
                           .node("Conv", {"x", "w"}, {"y"},
                                 {onnx_attribute("pads", Shape{kHuge, kHuge, kHuge, kHuge})})
                           .output("y")),
            "");
  EXPECT_NE(refusal_of(OnnxBuilder()
                           .input("x", {1, 4})
                           .integers("pads", {4}, {0, 0, 0, kHuge})
                           .node("Pad", {"x", "pads"}, {"y"})
                           .output("y")),
            "");
  EXPECT_NE(refusal_of(OnnxBuilder()
                           .input("x", {1, 1, 4, 4})
                           .node("MaxPool", {"x"}, {"y"},
                                 {onnx_attribute("kernel_shape", Shape{kHuge, kHuge}),
                                  onnx_attribute("strides", Shape{kHuge, 1})})
                           .output("y")),
            "");
}

TEST(Hostile, NamesWithZerosAndNone) {
  const std::string odd("a\0b", 3);
  Session session = Session::load(
      OnnxBuilder().input(odd, {1, 2}).node("Relu", {odd}, {"y"}).output("y").bytes(), {});
  EXPECT_EQ(session.info().inputs.front().name, odd);
  EXPECT_THAT(refusal_of(OnnxBuilder().input("", {1}).node("Relu", {"x"}, {"y"}).output("y")),
              HasSubstr("without a name"));
  EXPECT_THAT(refusal_of(OnnxBuilder().input("x", {1}).node("Relu", {"x"}, {"y"}).output("")),
              HasSubstr("its output ''"));
}

TEST(Hostile, MessagesNestedAThousandDeep) {
  std::string nested;
  for (int i = 0; i < 1000; ++i) {
    std::string outer;
    pbf_writer writer(outer);
    writer.add_message(7, nested);
    nested = outer;
  }
  std::string model;
  pbf_writer writer(model);
  writer.add_int64(1, 8);
  writer.add_message(7, nested);
  EXPECT_NE(refusal_of(to_byte_view(model)), "");
}

TEST(Hostile, AttributesOfAMillionNumbers) {
  const std::vector<std::int64_t> many(1'000'000, 1);
  EXPECT_NE(refusal_of(OnnxBuilder()
                           .input("x", {1, 2})
                           .node("Transpose", {"x"}, {"y"}, {onnx_attribute("perm", many)})
                           .output("y")),
            "");
}

TEST(Hostile, UnknownElementTypes) {
  for (const int type : {0, 8, 14, 15, 17, 22, 99, -1}) {
    const OnnxMessage tensor =
        onnx_tensor("w", static_cast<OnnxType>(type), {1}, [](pbf_writer&) {});
    EXPECT_NE(refusal_of(OnnxBuilder().initializer(tensor).output("w")), "") << type;
  }
}

TEST(Hostile, ExternalPathsThatLeaveTheFolder) {
  for (const std::string path :
       {"../w", "..\\w", "a/../../w", "/w", "\\w", "C:w", "C:\\w", "file:///w", "//host/w", ".."}) {
    const OnnxMessage tensor = onnx_tensor("w", OnnxType::Float, {1}, [&](pbf_writer& writer) {
      writer.add_int32(14, 1);
      std::string entry;
      pbf_writer fields(entry);
      fields.add_string(1, "location");
      fields.add_string(2, path);
      writer.add_message(13, entry);
    });
    LoadOptions options;
    options.external_data["w"] = to_byte_view(std::string(4, '\0'));
    EXPECT_THAT(refusal_of(OnnxBuilder().initializer(tensor).output("w").bytes(), options),
                HasSubstr("does not lie beside the model"))
        << path;
  }
}

}  // namespace
}  // namespace relcam
