#pragma once

#include <cstdint>
#include <functional>
#include <protozero/pbf_writer.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/byte_view.h"
#include "base/shape.h"

namespace relcam::testing {

/// The numbers of TensorProto.DataType.
enum class OnnxType : std::int32_t {
  Float = 1,
  UInt8 = 2,
  Int8 = 3,
  UInt16 = 4,
  Int16 = 5,
  Int32 = 6,
  Int64 = 7,
  String = 8,
  Bool = 9,
  Float16 = 10,
  Double = 11,
  UInt32 = 12,
  UInt64 = 13,
  BFloat16 = 16
};

/// Serialized messages of onnx.proto.
using OnnxMessage = std::string;

/// A TensorProto; `data` writes its data fields.
OnnxMessage onnx_tensor(const std::string& name, OnnxType type, const Shape& dims,
                        const std::function<void(protozero::pbf_writer&)>& data);
/// A TensorProto with raw data.
OnnxMessage onnx_floats(const std::string& name, const Shape& dims,
                        const std::vector<float>& values);
OnnxMessage onnx_integers(const std::string& name, const Shape& dims,
                          const std::vector<std::int64_t>& values);

/// AttributeProtos.
OnnxMessage onnx_attribute(const std::string& name, std::int64_t value);
OnnxMessage onnx_attribute(const std::string& name, float value);
OnnxMessage onnx_attribute(const std::string& name, const std::string& value);
OnnxMessage onnx_attribute(const std::string& name, const std::vector<std::int64_t>& values);
OnnxMessage onnx_attribute(const std::string& name, const std::vector<float>& values);
OnnxMessage onnx_tensor_attribute(const std::string& name, const OnnxMessage& tensor);
/// `graph`: OnnxBuilder::graph().
OnnxMessage onnx_graph_attribute(const std::string& name, const OnnxMessage& graph);
/// Takes the value of the surrounding function's `parameter`.
OnnxMessage onnx_reference_attribute(const std::string& name, const std::string& parameter);

/// A NodeProto.
OnnxMessage onnx_node(const std::string& name, const std::string& op_type,
                      const std::vector<std::string>& inputs,
                      const std::vector<std::string>& outputs,
                      const std::vector<OnnxMessage>& attributes = {},
                      const std::string& domain = "", const std::string& overload = "");

/// A FunctionProto.
struct OnnxFunction {
  std::string domain;
  std::string name;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<OnnxMessage> nodes;
  std::vector<std::string> attributes = {};
  std::vector<OnnxMessage> defaults = {};
  std::int64_t opset = 17;
  std::string overload = {};

  OnnxMessage message() const;
};

/// A dimension: a size or a name; an empty name leaves it open.
using OnnxDimension = std::variant<std::int64_t, std::string>;

/// Writes ONNX files for tests, field by field, right or wrong as asked.
///
///   OnnxBuilder().input("x", {1, 2}).node("Relu", {"x"}, {"y"}).output("y").bytes()
class OnnxBuilder {
 public:
  explicit OnnxBuilder(std::int64_t opset = 17);

  OnnxBuilder& input(const std::string& name, const std::vector<OnnxDimension>& shape,
                     OnnxType type = OnnxType::Float);
  /// An input of which only the name is said.
  OnnxBuilder& bare_input(const std::string& name);
  OnnxBuilder& output(const std::string& name);
  OnnxBuilder& initializer(const OnnxMessage& tensor);
  OnnxBuilder& floats(const std::string& name, const Shape& dims,
                      const std::vector<float>& values) {
    return initializer(onnx_floats(name, dims, values));
  }
  OnnxBuilder& integers(const std::string& name, const Shape& dims,
                        const std::vector<std::int64_t>& values) {
    return initializer(onnx_integers(name, dims, values));
  }
  OnnxBuilder& sparse_initializer();
  /// The node's name is "n" and its number, counted from 0.
  OnnxBuilder& node(const std::string& op_type, const std::vector<std::string>& inputs,
                    const std::vector<std::string>& outputs,
                    const std::vector<OnnxMessage>& attributes = {},
                    const std::string& domain = "");
  /// A NodeProto as it is.
  OnnxBuilder& raw_node(const OnnxMessage& node);
  OnnxBuilder& function(const OnnxFunction& function);
  OnnxBuilder& metadata(const std::string& key, const std::string& value);

  std::string text() const;
  /// The GraphProto alone.
  const OnnxMessage& graph() const { return graph_; }
  ByteView bytes() const;

 private:
  std::int64_t opset_;
  std::size_t nodes_ = 0;
  std::string graph_;
  std::string metadata_;
};

/// A view that owns a copy of the text.
ByteView to_byte_view(std::string text);

}  // namespace relcam::testing
