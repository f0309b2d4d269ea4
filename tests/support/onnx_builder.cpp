#include "support/onnx_builder.h"

#include <cstring>
#include <memory>
#include <span>

namespace relcam::testing {
namespace {

using protozero::pbf_writer;

template <typename T>
std::string raw_bytes(const std::vector<T>& values) {
  std::string text(values.size() * sizeof(T), '\0');
  if (!values.empty()) std::memcpy(text.data(), values.data(), text.size());
  return text;
}

/// AttributeProto with the number of its AttributeType.
OnnxMessage attribute(const std::string& name, std::int32_t type,
                      const std::function<void(pbf_writer&)>& value) {
  std::string text;
  pbf_writer writer(text);
  writer.add_string(1, name);
  value(writer);
  writer.add_int32(20, type);
  return text;
}

void add_shape(pbf_writer& tensor_type, const std::vector<OnnxDimension>& dimensions) {
  pbf_writer shape(tensor_type, 2);
  for (const OnnxDimension& dimension : dimensions) {
    std::string text;
    pbf_writer message(text);
    if (const auto* size = std::get_if<std::int64_t>(&dimension)) message.add_int64(1, *size);
    if (const auto* name = std::get_if<std::string>(&dimension); name && !name->empty()) {
      message.add_string(2, *name);
    }
    // Not a nested writer: that would leave out a dimension that says nothing.
    shape.add_message(1, text);
  }
}

}  // namespace

OnnxMessage onnx_tensor(const std::string& name, OnnxType type, const Shape& dims,
                        const std::function<void(pbf_writer&)>& data) {
  std::string text;
  pbf_writer writer(text);
  writer.add_packed_int64(1, dims.begin(), dims.end());
  writer.add_int32(2, static_cast<std::int32_t>(type));
  writer.add_string(8, name);
  data(writer);
  return text;
}

OnnxMessage onnx_floats(const std::string& name, const Shape& dims,
                        const std::vector<float>& values) {
  return onnx_tensor(name, OnnxType::Float, dims,
                     [&](pbf_writer& writer) { writer.add_bytes(9, raw_bytes(values)); });
}

OnnxMessage onnx_integers(const std::string& name, const Shape& dims,
                          const std::vector<std::int64_t>& values) {
  return onnx_tensor(name, OnnxType::Int64, dims,
                     [&](pbf_writer& writer) { writer.add_bytes(9, raw_bytes(values)); });
}

OnnxMessage onnx_attribute(const std::string& name, std::int64_t value) {
  return attribute(name, 2, [&](pbf_writer& writer) { writer.add_int64(3, value); });
}

OnnxMessage onnx_attribute(const std::string& name, float value) {
  return attribute(name, 1, [&](pbf_writer& writer) { writer.add_float(2, value); });
}

OnnxMessage onnx_attribute(const std::string& name, const std::string& value) {
  return attribute(name, 3, [&](pbf_writer& writer) { writer.add_bytes(4, value); });
}

OnnxMessage onnx_attribute(const std::string& name, const std::vector<std::int64_t>& values) {
  return attribute(name, 7, [&](pbf_writer& writer) {
    for (const std::int64_t value : values) writer.add_int64(8, value);
  });
}

OnnxMessage onnx_attribute(const std::string& name, const std::vector<float>& values) {
  return attribute(name, 6, [&](pbf_writer& writer) {
    writer.add_packed_float(7, values.begin(), values.end());
  });
}

OnnxMessage onnx_tensor_attribute(const std::string& name, const OnnxMessage& tensor) {
  return attribute(name, 4, [&](pbf_writer& writer) { writer.add_message(5, tensor); });
}

OnnxMessage onnx_graph_attribute(const std::string& name, const OnnxMessage& graph) {
  return attribute(name, 5, [&](pbf_writer& writer) { writer.add_message(6, graph); });
}

OnnxMessage onnx_reference_attribute(const std::string& name, const std::string& parameter) {
  return attribute(name, 0, [&](pbf_writer& writer) { writer.add_string(21, parameter); });
}

OnnxMessage onnx_node(const std::string& name, const std::string& op_type,
                      const std::vector<std::string>& inputs,
                      const std::vector<std::string>& outputs,
                      const std::vector<OnnxMessage>& attributes, const std::string& domain,
                      const std::string& overload) {
  std::string text;
  pbf_writer node(text);
  for (const std::string& input : inputs) node.add_string(1, input);
  for (const std::string& output : outputs) node.add_string(2, output);
  node.add_string(3, name);
  node.add_string(4, op_type);
  for (const OnnxMessage& attribute : attributes) node.add_message(5, attribute);
  if (!domain.empty()) node.add_string(7, domain);
  if (!overload.empty()) node.add_string(8, overload);
  return text;
}

OnnxMessage OnnxFunction::message() const {
  std::string text;
  pbf_writer function(text);
  function.add_string(1, name);
  for (const std::string& input : inputs) function.add_string(4, input);
  for (const std::string& output : outputs) function.add_string(5, output);
  for (const std::string& attribute : attributes) function.add_string(6, attribute);
  for (const OnnxMessage& node : nodes) function.add_message(7, node);
  {
    pbf_writer import(function, 9);
    import.add_int64(2, opset);
  }
  function.add_string(10, domain);
  for (const OnnxMessage& attribute : defaults) function.add_message(11, attribute);
  if (!overload.empty()) function.add_string(13, overload);
  return text;
}

OnnxBuilder::OnnxBuilder(std::int64_t opset) : opset_(opset) {}

OnnxBuilder& OnnxBuilder::input(const std::string& name, const std::vector<OnnxDimension>& shape,
                                OnnxType type) {
  pbf_writer graph(graph_);
  pbf_writer value(graph, 11);
  value.add_string(1, name);
  pbf_writer type_message(value, 2);
  pbf_writer tensor_type(type_message, 1);
  tensor_type.add_int32(1, static_cast<std::int32_t>(type));
  add_shape(tensor_type, shape);
  return *this;
}

OnnxBuilder& OnnxBuilder::bare_input(const std::string& name) {
  pbf_writer graph(graph_);
  pbf_writer value(graph, 11);
  value.add_string(1, name);
  return *this;
}

OnnxBuilder& OnnxBuilder::output(const std::string& name) {
  pbf_writer graph(graph_);
  pbf_writer value(graph, 12);
  value.add_string(1, name);
  return *this;
}

OnnxBuilder& OnnxBuilder::initializer(const OnnxMessage& tensor) {
  pbf_writer graph(graph_);
  graph.add_message(5, tensor);
  return *this;
}

OnnxBuilder& OnnxBuilder::sparse_initializer() {
  pbf_writer graph(graph_);
  graph.add_message(15, std::string{});
  return *this;
}

OnnxBuilder& OnnxBuilder::node(const std::string& op_type, const std::vector<std::string>& inputs,
                               const std::vector<std::string>& outputs,
                               const std::vector<OnnxMessage>& attributes,
                               const std::string& domain) {
  return raw_node(
      onnx_node("n" + std::to_string(nodes_++), op_type, inputs, outputs, attributes, domain));
}

OnnxBuilder& OnnxBuilder::raw_node(const OnnxMessage& node) {
  pbf_writer graph(graph_);
  graph.add_message(1, node);
  return *this;
}

OnnxBuilder& OnnxBuilder::function(const OnnxFunction& function) {
  pbf_writer model(metadata_);
  model.add_message(25, function.message());
  return *this;
}

OnnxBuilder& OnnxBuilder::metadata(const std::string& key, const std::string& value) {
  pbf_writer model(metadata_);
  pbf_writer entry(model, 14);
  entry.add_string(1, key);
  entry.add_string(2, value);
  return *this;
}

std::string OnnxBuilder::text() const {
  std::string text;
  pbf_writer model(text);
  model.add_int64(1, 8);
  model.add_message(7, graph_);
  {
    pbf_writer opset(model, 8);
    opset.add_int64(2, opset_);
  }
  return text + metadata_;
}

ByteView OnnxBuilder::bytes() const { return to_byte_view(text()); }

ByteView to_byte_view(std::string text) {
  const auto owner = std::make_shared<const std::string>(std::move(text));
  return {std::as_bytes(std::span(*owner)), owner};
}

}  // namespace relcam::testing
