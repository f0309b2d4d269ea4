#include "onnx/input_shape.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "onnx/tensor_proto.h"

namespace relcam {
namespace {

constexpr std::int64_t kDefaultBatch = 1;
constexpr std::int64_t kDefaultChannels = 3;
constexpr std::int64_t kMostImageChannels = 4;

using Dimensions = std::vector<DeclaredDimension>;

DeclaredDimension read_dimension(protozero::data_view message) {
  DeclaredDimension dimension;
  MessageReader<DimensionField> reader(message);
  while (reader.next()) {
    switch (reader.tag_and_type()) {
      case as_varint(DimensionField::Size): {
        // Some exporters write 0 or -1 for a dimension that is not fixed.
        const std::int64_t size = reader.get_int64();
        if (size > 0) dimension.size = size;
        break;
      }
      case as_bytes_field(DimensionField::Parameter): dimension.name = reader.get_string(); break;
      default: reader.skip();
    }
  }
  return dimension;
}

void read_tensor_type(protozero::data_view message, DeclaredValue& value) {
  value.is_tensor = true;
  MessageReader<TensorTypeField> reader(message);
  while (reader.next()) {
    switch (reader.tag_and_type()) {
      case as_varint(TensorTypeField::ElementType): value.element_type = reader.get_int32(); break;
      case as_bytes_field(TensorTypeField::TensorShape):
        value.shape.emplace();
        for_each_message(reader.get_view(), TensorShapeField::Dimension,
                         [&value](protozero::data_view dimension) {
                           value.shape->push_back(read_dimension(dimension));
                         });
        break;
      default: reader.skip();
    }
  }
}

/// An input [N, H, W, C] shows itself by a small fixed last dimension after an open or large one.
bool is_channels_last(const Dimensions& shape) {
  const auto is_small = [](const DeclaredDimension& dimension) {
    return dimension.size && *dimension.size <= kMostImageChannels;
  };
  return is_small(shape[3]) && !is_small(shape[1]);
}

std::optional<std::int64_t> default_size(const Dimensions& shape, std::size_t axis,
                                         const Shape& image_size) {
  if (axis == 0) return kDefaultBatch;
  if (shape.size() != 4) return std::nullopt;
  const std::size_t channel_axis = is_channels_last(shape) ? 3 : 1;
  const std::size_t height_axis = channel_axis == 3 ? 1 : 2;
  if (axis != channel_axis) return image_size.at(axis - height_axis);
  const bool is_all_open =
      std::ranges::none_of(shape.begin() + 1, shape.end(),
                           [](const DeclaredDimension& d) { return d.size.has_value(); });
  return is_all_open ? std::optional(kDefaultChannels) : std::nullopt;
}

std::int64_t complete_dimension(const DeclaredValue& input, std::size_t axis,
                                const ImportOptions& options) {
  const DeclaredDimension& dimension = (*input.shape)[axis];
  if (dimension.size) return *dimension.size;
  if (const auto given = options.dimensions.find(dimension.name);
      given != options.dimensions.end()) {
    return given->second;
  }
  if (const auto size = default_size(*input.shape, axis, options.image_size)) {
    return *size;
  }
  const std::string remedy = dimension.name.empty()
                                 ? "give the whole shape of the input"
                                 : "give a size for the dimension '" + dimension.name + "'";
  throw Error(ErrorCode::InvalidOption,
              "dimension " + std::to_string(axis) + " of the input '" + input.name +
                  "' is left open by the model: " + remedy,
              input.name);
}

Shape shape_of(const DeclaredValue& input, const ImportOptions& options) {
  if (const auto given = options.input_shapes.find(input.name);
      given != options.input_shapes.end()) {
    if (input.shape && input.shape->size() != given->second.size()) {
      throw Error(ErrorCode::InvalidOption,
                  "the shape " + to_string(given->second) + " given for the input '" + input.name +
                      "' should have " + std::to_string(input.shape->size()) + " dimensions",
                  input.name);
    }
    return given->second;
  }
  if (!input.shape) {
    throw Error(ErrorCode::InvalidOption,
                "the model does not say the shape of its input '" + input.name + "': give one",
                input.name);
  }
  Shape shape;
  for (std::size_t axis = 0; axis < input.shape->size(); ++axis) {
    shape.push_back(complete_dimension(input, axis, options));
  }
  return shape;
}

void check_shape(const Shape& shape, const std::string& input) {
  const bool is_positive = std::ranges::all_of(shape, [](std::int64_t size) { return size > 0; });
  std::string problem = "has an empty or negative dimension";
  try {
    if (is_positive) {
      (void)element_count(shape);
      return;
    }
  } catch (const Error& error) {
    problem = error.what();
  }
  throw Error(ErrorCode::InvalidModel,
              "the input '" + input + "' of shape " + to_string(shape) + ": " + problem, input);
}

std::string joined(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "'" : ", '") + name + "'";
  return text.empty() ? "none" : text;
}

template <typename Given>
void check_names(const Given& given, const std::set<std::string>& known, const std::string& what) {
  for (const auto& [name, unused] : given) {
    if (known.contains(name)) continue;
    throw Error(ErrorCode::InvalidOption,
                "the model has no " + what + " '" + name + "'; it has " + joined(known), name);
  }
}

}  // namespace

DeclaredValue read_declared_value(protozero::data_view message) {
  DeclaredValue value;
  MessageReader<ValueInfoField> reader(message);
  while (reader.next()) {
    switch (reader.tag_and_type()) {
      case as_bytes_field(ValueInfoField::Name): value.name = reader.get_string(); break;
      case as_bytes_field(ValueInfoField::Type):
        for_each_message(reader.get_view(), TypeField::TensorType,
                         [&value](protozero::data_view type) { read_tensor_type(type, value); });
        break;
      default: reader.skip();
    }
  }
  return value;
}

Value complete_input(const DeclaredValue& declared, const ImportOptions& options) {
  if (!declared.is_tensor) {
    throw Error(ErrorCode::InvalidModel,
                "the input '" + declared.name + "' is not a tensor: sequences and maps are not " +
                    "supported",
                declared.name);
  }
  Value value;
  value.name = declared.name;
  value.dtype = dtype_from_onnx(declared.element_type, "input '" + declared.name + "'");
  value.shape = shape_of(declared, options);
  check_shape(*value.shape, value.name);
  return value;
}

void check_options_name_inputs(const ImportOptions& options,
                               const std::vector<DeclaredValue>& inputs) {
  std::set<std::string> names;
  std::set<std::string> dimensions;
  for (const DeclaredValue& input : inputs) {
    names.insert(input.name);
    if (!input.shape) continue;
    for (const DeclaredDimension& dimension : *input.shape) {
      if (!dimension.size && !dimension.name.empty()) dimensions.insert(dimension.name);
    }
  }
  check_names(options.input_shapes, names, "input");
  check_names(options.dimensions, dimensions, "open dimension");
}

}  // namespace relcam
