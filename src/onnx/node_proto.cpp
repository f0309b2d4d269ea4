#include "onnx/node_proto.h"

#include <string>
#include <utility>
#include <vector>

#include "base/error.h"

namespace relcam {
namespace {

/// AttributeProto.AttributeType, as far as operators here have such attributes.
enum class AttributeType : std::int32_t {
  Undefined = 0,
  Float = 1,
  Int = 2,
  String = 3,
  Tensor = 4,
  Floats = 6,
  Ints = 7,
  Strings = 8
};

struct RawAttribute {
  std::string name;
  AttributeType type = AttributeType::Undefined;
  std::optional<float> number;
  std::optional<std::int64_t> integer;
  std::optional<std::string> text;
  std::optional<Constant> tensor;
  std::vector<float> numbers;
  std::vector<std::int64_t> integers;
  std::vector<std::string> texts;
  std::string_view reference;  ///< the function's parameter that it stands for
};

RawAttribute read_message(protozero::data_view message, const TensorSources& sources) {
  RawAttribute attribute;
  MessageReader<AttributeField> reader(message);
  while (reader.next()) {
    switch (reader.tag_and_type()) {
      case as_bytes_field(AttributeField::Name): attribute.name = reader.get_string(); break;
      case as_varint(AttributeField::Type):
        attribute.type = static_cast<AttributeType>(reader.get_int32());
        break;
      case as_fixed32(AttributeField::Float): attribute.number = reader.get_float(); break;
      case as_varint(AttributeField::Int): attribute.integer = reader.get_int64(); break;
      case as_bytes_field(AttributeField::String): attribute.text = reader.get_string(); break;
      case as_bytes_field(AttributeField::Tensor):
        attribute.tensor = read_tensor(reader.get_view(), sources).value;
        break;
      case as_fixed32(AttributeField::Floats):
        attribute.numbers.push_back(reader.get_float());
        break;
      case as_bytes_field(AttributeField::Floats):
        for (const float value : reader.get_packed_float()) attribute.numbers.push_back(value);
        break;
      case as_varint(AttributeField::Ints): attribute.integers.push_back(reader.get_int64()); break;
      case as_bytes_field(AttributeField::Ints):
        for (const std::int64_t value : reader.get_packed_int64()) {
          attribute.integers.push_back(value);
        }
        break;
      case as_bytes_field(AttributeField::Strings):
        attribute.texts.push_back(reader.get_string());
        break;
      case as_bytes_field(AttributeField::ReferenceName):
        attribute.reference = to_string_view(reader.get_view());
        break;
      default: reader.skip();
    }
  }
  return attribute;
}

/// Old exporters leave the type out: then the one field that is set tells.
AttributeType type_of(const RawAttribute& attribute) {
  if (attribute.type != AttributeType::Undefined) return attribute.type;
  if (attribute.number) return AttributeType::Float;
  if (attribute.integer) return AttributeType::Int;
  if (attribute.text) return AttributeType::String;
  if (attribute.tensor) return AttributeType::Tensor;
  if (!attribute.numbers.empty()) return AttributeType::Floats;
  if (!attribute.integers.empty()) return AttributeType::Ints;
  if (!attribute.texts.empty()) return AttributeType::Strings;
  return AttributeType::Undefined;
}

/// Whether a field that belongs to another type than the declared one is set.
bool contradicts_itself(const RawAttribute& attribute, AttributeType type) {
  const auto foreign = [type](AttributeType field, bool is_set) { return is_set && type != field; };
  return foreign(AttributeType::Float, attribute.number && *attribute.number != 0.0F) ||
         foreign(AttributeType::Int, attribute.integer && *attribute.integer != 0) ||
         foreign(AttributeType::String, attribute.text && !attribute.text->empty()) ||
         foreign(AttributeType::Tensor, attribute.tensor.has_value()) ||
         foreign(AttributeType::Floats, !attribute.numbers.empty()) ||
         foreign(AttributeType::Ints, !attribute.integers.empty()) ||
         foreign(AttributeType::Strings, !attribute.texts.empty());
}

/// No value for subgraphs and types.
std::optional<Attribute> value_of(RawAttribute& attribute) {
  const AttributeType type = type_of(attribute);
  if (contradicts_itself(attribute, type) || (type == AttributeType::Tensor && !attribute.tensor)) {
    throw Error(ErrorCode::InvalidModel,
                "attribute '" + attribute.name + "' holds another type than it declares");
  }
  switch (type) {
    case AttributeType::Float: return attribute.number.value_or(0.0F);
    case AttributeType::Int: return attribute.integer.value_or(0);
    case AttributeType::String: return std::move(attribute.text).value_or("");
    case AttributeType::Tensor: return std::move(*attribute.tensor);
    case AttributeType::Floats: return std::move(attribute.numbers);
    case AttributeType::Ints: return std::move(attribute.integers);
    case AttributeType::Strings: return std::move(attribute.texts);
    case AttributeType::Undefined: break;
  }
  return std::nullopt;
}

/// The value that the function was called with, if any.
std::optional<Attribute> parameter_of(const RawAttribute& attribute, const Attributes* parameters) {
  if (parameters == nullptr) {
    throw Error(ErrorCode::InvalidModel, "attribute '" + attribute.name +
                                             "' refers to a function's parameter outside of one");
  }
  const auto found = parameters->find(attribute.reference);
  return found == parameters->end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

NodeMessage read_node(protozero::data_view message) {
  NodeMessage node;
  MessageReader<NodeField> reader(message);
  while (reader.next()) {
    switch (reader.tag_and_type()) {
      case as_bytes_field(NodeField::Input):
        node.inputs.push_back(to_string_view(reader.get_view()));
        break;
      case as_bytes_field(NodeField::Output):
        node.outputs.push_back(to_string_view(reader.get_view()));
        break;
      case as_bytes_field(NodeField::Name): node.name = to_string_view(reader.get_view()); break;
      case as_bytes_field(NodeField::OpType):
        node.op_type = to_string_view(reader.get_view());
        break;
      case as_bytes_field(NodeField::Domain):
        node.domain = normalized_domain(to_string_view(reader.get_view()));
        break;
      case as_bytes_field(NodeField::Overload):
        node.overload = to_string_view(reader.get_view());
        break;
      case as_bytes_field(NodeField::AttributeMessage):
        node.attributes.push_back(reader.get_view());
        break;
      default: reader.skip();
    }
  }
  for (const std::string_view output : node.outputs) {
    if (node.name.empty()) node.name = output;
  }
  if (node.op_type.empty()) {
    const std::string name(node.name);
    throw Error(ErrorCode::InvalidModel, "node '" + name + "' has no operator type", name);
  }
  return node;
}

Attributes read_attributes(const NodeMessage& node, const TensorSources& sources,
                           const Attributes* parameters) {
  Attributes attributes;
  try {
    for (const protozero::data_view message : node.attributes) {
      RawAttribute attribute = read_message(message, sources);
      std::optional<Attribute> value =
          attribute.reference.empty() ? value_of(attribute) : parameter_of(attribute, parameters);
      if (!value) continue;
      if (!attributes.emplace(attribute.name, std::move(*value)).second) {
        throw Error(ErrorCode::InvalidModel, "attribute '" + attribute.name + "' is given twice");
      }
    }
  } catch (const Error& error) {
    const std::string name(node.name);
    throw Error(error.code(),
                std::string(node.op_type) + " node '" + name + "': " + std::string(error.what()),
                error.code() == ErrorCode::MissingExternalData ? error.node() : name);
  }
  return attributes;
}

void add_defaults(const std::vector<protozero::data_view>& defaults, const TensorSources& sources,
                  Attributes& given) {
  for (const protozero::data_view message : defaults) {
    RawAttribute attribute = read_message(message, sources);
    std::optional<Attribute> value = value_of(attribute);
    if (value) given.emplace(std::move(attribute.name), std::move(*value));
  }
}

std::optional<protozero::data_view> subgraph_of(const NodeMessage& node,
                                                std::string_view attribute) {
  for (const protozero::data_view message : node.attributes) {
    std::string_view name;
    std::optional<protozero::data_view> graph;
    MessageReader<AttributeField> reader(message);
    while (reader.next()) {
      switch (reader.tag_and_type()) {
        case as_bytes_field(AttributeField::Name): name = to_string_view(reader.get_view()); break;
        case as_bytes_field(AttributeField::Subgraph): graph = reader.get_view(); break;
        default: reader.skip();
      }
    }
    if (name == attribute && graph) return graph;
  }
  return std::nullopt;
}

Constant constant_of(const Node& node) {
  const auto attribute = [&node](std::string_view key) -> const Attribute* {
    const auto found = node.attributes.find(key);
    return found == node.attributes.end() ? nullptr : &found->second;
  };
  if (const Attribute* value = attribute("value")) {
    if (const Constant* constant = std::get_if<Constant>(value)) return *constant;
  }
  if (attribute("value_float") != nullptr) {
    return Constant::from_floats({}, {node.number("value_float", 0.0F)});
  }
  if (attribute("value_int") != nullptr) {
    return Constant::from_ints({}, {node.integer("value_int", 0)});
  }
  if (const Attribute* value = attribute("value_floats")) {
    if (const auto* floats = std::get_if<std::vector<float>>(value)) {
      return Constant::from_floats({static_cast<std::int64_t>(floats->size())}, *floats);
    }
  }
  if (attribute("value_ints") != nullptr) {
    std::vector<std::int64_t> integers = node.integers("value_ints", {});
    const auto size = static_cast<std::int64_t>(integers.size());
    return Constant::from_ints({size}, std::move(integers));
  }
  throw Error(ErrorCode::UnsupportedOperator,
              "Constant node '" + node.name +
                  "' holds no dense numeric tensor: sparse and string constants are not supported",
              node.name);
}

}  // namespace relcam
