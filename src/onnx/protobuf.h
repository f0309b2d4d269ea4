#pragma once

#include <cstddef>
#include <cstdint>
#include <protozero/exception.hpp>
#include <protozero/pbf_message.hpp>
#include <protozero/varint.hpp>
#include <span>
#include <string>
#include <vector>

namespace relcam {

// Field numbers of onnx.proto, as far as they are read here.

enum class ModelField : protozero::pbf_tag_type {
  IrVersion = 1,
  MainGraph = 7,
  OpsetImport = 8,
  MetadataProps = 14,
  FunctionMessage = 25
};

enum class FunctionField : protozero::pbf_tag_type {
  Name = 1,
  Input = 4,
  Output = 5,
  NodeMessage = 7,
  OpsetImport = 9,
  Domain = 10,
  DefaultAttribute = 11,
  Overload = 13
};

enum class OpsetField : protozero::pbf_tag_type { Domain = 1, Version = 2 };

enum class EntryField : protozero::pbf_tag_type { Key = 1, Content = 2 };

enum class GraphField : protozero::pbf_tag_type {
  NodeMessage = 1,
  Name = 2,
  Initializer = 5,
  Input = 11,
  Output = 12,
  SparseInitializer = 15
};

enum class ValueInfoField : protozero::pbf_tag_type { Name = 1, Type = 2 };

enum class TypeField : protozero::pbf_tag_type { TensorType = 1 };

enum class TensorTypeField : protozero::pbf_tag_type { ElementType = 1, TensorShape = 2 };

enum class TensorShapeField : protozero::pbf_tag_type { Dimension = 1 };

enum class DimensionField : protozero::pbf_tag_type { Size = 1, Parameter = 2 };

enum class NodeField : protozero::pbf_tag_type {
  Input = 1,
  Output = 2,
  Name = 3,
  OpType = 4,
  AttributeMessage = 5,
  Domain = 7,
  Overload = 8
};

enum class AttributeField : protozero::pbf_tag_type {
  Name = 1,
  Float = 2,
  Int = 3,
  String = 4,
  Tensor = 5,
  Subgraph = 6,
  Floats = 7,
  Ints = 8,
  Strings = 9,
  Type = 20,
  ReferenceName = 21
};

enum class TensorField : protozero::pbf_tag_type {
  Dims = 1,
  DataType = 2,
  FloatData = 4,
  Int32Data = 5,
  Int64Data = 7,
  Name = 8,
  RawData = 9,
  DoubleData = 10,
  Uint64Data = 11,
  ExternalData = 13,
  DataLocation = 14
};

/// A field number together with its wire type: what a `switch` over message.tag_and_type() names.
/// A field of another wire type falls to `default` and is skipped, as protobuf demands.
template <typename Field>
constexpr std::uint32_t as_varint(Field field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::varint);
}
template <typename Field>
constexpr std::uint32_t as_bytes_field(Field field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::length_delimited);
}
template <typename Field>
constexpr std::uint32_t as_fixed32(Field field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::fixed32);
}
template <typename Field>
constexpr std::uint32_t as_fixed64(Field field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::fixed64);
}

inline protozero::data_view to_data_view(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline std::span<const std::byte> to_bytes(protozero::data_view view) {
  return std::as_bytes(std::span(view.data(), view.size()));
}

inline std::string_view to_string_view(protozero::data_view view) {
  return {view.data(), view.size()};
}

/// A message read field by field. protozero takes lengths of 2^31 and more for negative where
/// pointers have 32 bits, and would step out of the buffer: they are checked here first.
template <typename Field>
class MessageReader : public protozero::pbf_message<Field> {
 public:
  using protozero::pbf_message<Field>::pbf_message;

  /// Throws protozero::end_of_buffer_exception for a field that is longer than the message.
  bool next() {
    if (!protozero::pbf_message<Field>::next()) return false;
    if (this->wire_type() == protozero::pbf_wire_type::length_delimited) check_length();
    return true;
  }

 private:
  void check_length() const {
    const protozero::data_view rest = this->data();
    const char* content = rest.data();
    const char* end = content + rest.size();
    const std::uint64_t length = protozero::decode_varint(&content, end);
    if (length > static_cast<std::uint64_t>(end - content)) {
      throw protozero::end_of_buffer_exception{};
    }
  }
};

/// Calls visit(bytes) for each length-delimited `field` of a message, in file order.
template <typename Field, typename Visit>
void for_each_message(protozero::data_view message, Field field, Visit visit) {
  MessageReader<Field> reader(message);
  while (reader.next()) {
    if (reader.tag_and_type() == as_bytes_field(field)) {
      visit(reader.get_view());
    } else {
      reader.skip();
    }
  }
}

}  // namespace relcam
