#include "onnx/tensor_proto.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/onnx_dtype.h"

namespace relcam {
namespace {

constexpr std::size_t kMaxRank = 16;

[[noreturn]] void fail(const std::string& tensor, const std::string& problem) {
  throw Error(ErrorCode::InvalidModel, "tensor '" + tensor + "' " + problem, tensor);
}

/// Fixed-width elements as the file holds them: one packed run stays a view into it.
class FixedWidthField {
 public:
  void append(std::span<const std::byte> run) {
    if (first_.empty() && joined_.empty()) {
      first_ = run;
      return;
    }
    if (joined_.empty()) joined_.assign(first_.begin(), first_.end());
    joined_.insert(joined_.end(), run.begin(), run.end());
  }

  ByteView take(const std::shared_ptr<const void>& owner) {
    if (joined_.empty()) return {first_, owner};
    auto joined = std::make_shared<const std::vector<std::byte>>(std::move(joined_));
    return {*joined, joined};
  }

 private:
  std::span<const std::byte> first_;
  std::vector<std::byte> joined_;
};

struct ExternalLocation {
  std::string location;
  std::int64_t offset = 0;
  std::optional<std::int64_t> length;
};

struct TensorMessage {
  std::string name;
  Shape dims;
  std::int64_t data_type = 0;
  bool is_external = false;
  ExternalLocation external;
  std::optional<std::span<const std::byte>> raw_data;
  FixedWidthField float_data;
  FixedWidthField double_data;
  std::vector<std::int32_t> int32_data;
  std::vector<std::int64_t> int64_data;
  std::vector<std::uint64_t> uint64_data;
};

std::int64_t parsed_integer(std::string_view text, const std::string& tensor) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) {
    fail(tensor, "has a broken external data position '" + std::string(text) + "'");
  }
  return value;
}

void read_external_entry(protozero::data_view message, TensorMessage& tensor) {
  std::string_view key;
  std::string_view value;
  MessageReader<EntryField> reader(message);
  while (reader.next()) {
    switch (reader.tag_and_type()) {
      case as_bytes_field(EntryField::Key): key = to_string_view(reader.get_view()); break;
      case as_bytes_field(EntryField::Content): value = to_string_view(reader.get_view()); break;
      default: reader.skip();
    }
  }
  if (key == "location") tensor.external.location = value;
  if (key == "offset") tensor.external.offset = parsed_integer(value, tensor.name);
  if (key == "length") tensor.external.length = parsed_integer(value, tensor.name);
}

template <typename T, typename Range>
void append_range(std::vector<T>& values, const Range& range) {
  for (const auto value : range) values.push_back(value);
}

/// One element that is not packed; `reader` stands on it.
void append_element(FixedWidthField& field, MessageReader<TensorField>& reader, std::size_t width) {
  const char* const element = reader.data().data();
  reader.skip();
  field.append(to_bytes({element, width}));
}

void read_field(MessageReader<TensorField>& reader, TensorMessage& tensor) {
  switch (reader.tag_and_type()) {
    case as_varint(TensorField::Dims): tensor.dims.push_back(reader.get_int64()); break;
    case as_bytes_field(TensorField::Dims):
      append_range(tensor.dims, reader.get_packed_int64());
      break;
    case as_varint(TensorField::DataType): tensor.data_type = reader.get_int32(); break;
    case as_bytes_field(TensorField::FloatData):
      tensor.float_data.append(to_bytes(reader.get_view()));
      break;
    case as_fixed32(TensorField::FloatData): append_element(tensor.float_data, reader, 4); break;
    case as_bytes_field(TensorField::DoubleData):
      tensor.double_data.append(to_bytes(reader.get_view()));
      break;
    case as_fixed64(TensorField::DoubleData): append_element(tensor.double_data, reader, 8); break;
    case as_bytes_field(TensorField::Int32Data):
      append_range(tensor.int32_data, reader.get_packed_int32());
      break;
    case as_varint(TensorField::Int32Data): tensor.int32_data.push_back(reader.get_int32()); break;
    case as_bytes_field(TensorField::Int64Data):
      append_range(tensor.int64_data, reader.get_packed_int64());
      break;
    case as_varint(TensorField::Int64Data): tensor.int64_data.push_back(reader.get_int64()); break;
    case as_bytes_field(TensorField::Uint64Data):
      append_range(tensor.uint64_data, reader.get_packed_uint64());
      break;
    case as_varint(TensorField::Uint64Data):
      tensor.uint64_data.push_back(reader.get_uint64());
      break;
    case as_bytes_field(TensorField::Name): tensor.name = reader.get_string(); break;
    case as_bytes_field(TensorField::RawData): tensor.raw_data = to_bytes(reader.get_view()); break;
    case as_bytes_field(TensorField::ExternalData):
      read_external_entry(reader.get_view(), tensor);
      break;
    case as_varint(TensorField::DataLocation): tensor.is_external = reader.get_int32() == 1; break;
    default: reader.skip();
  }
  if (tensor.dims.size() > kMaxRank) fail(tensor.name, "has more than 16 dimensions");
}

TensorMessage read_message(protozero::data_view message) {
  TensorMessage tensor;
  MessageReader<TensorField> reader(message);
  while (reader.next()) read_field(reader, tensor);
  return tensor;
}

/// Elements of a wider typed field cut to `Stored`, as ONNX keeps small types in int32_data.
template <typename Stored, typename Wide>
ByteView narrowed(const std::vector<Wide>& values) {
  auto stored = std::make_shared<std::vector<Stored>>();
  stored->reserve(values.size());
  for (const Wide value : values) stored->push_back(static_cast<Stored>(value));
  return {std::as_bytes(std::span(*stored)), stored};
}

ByteView typed_bytes(TensorMessage& tensor, DType dtype, const TensorSources& sources) {
  switch (dtype) {
    case DType::Float32: return tensor.float_data.take(sources.owner);
    case DType::Float64: return tensor.double_data.take(sources.owner);
    case DType::Int64: return narrowed<std::int64_t>(tensor.int64_data);
    case DType::UInt64: return narrowed<std::uint64_t>(tensor.uint64_data);
    case DType::UInt32: return narrowed<std::uint32_t>(tensor.uint64_data);
    case DType::Int32: return narrowed<std::int32_t>(tensor.int32_data);
    case DType::Float16:
    case DType::BFloat16:
    case DType::UInt16: return narrowed<std::uint16_t>(tensor.int32_data);
    case DType::Int16: return narrowed<std::int16_t>(tensor.int32_data);
    case DType::Int8: return narrowed<std::int8_t>(tensor.int32_data);
    case DType::UInt8:
    case DType::Bool: return narrowed<std::uint8_t>(tensor.int32_data);
  }
  throw Error(ErrorCode::Internal, "a tensor has an unknown element type");
}

/// The file name alone: external data is looked up by it, so no path can lead anywhere.
std::string base_name_of(const TensorMessage& tensor) {
  const std::string& location = tensor.external.location;
  const std::size_t slash = location.find_last_of("/\\");
  std::string base = slash == std::string::npos ? location : location.substr(slash + 1);
  const bool leaves_folder = location.starts_with('/') || location.starts_with('\\') ||
                             location.find("..") != std::string::npos ||
                             location.find(':') != std::string::npos;
  if (base.empty() || leaves_folder) {
    fail(tensor.name,
         "names '" + location + "' as its external data file, which does not lie beside the model");
  }
  return base;
}

/// `bytes` as the tensor's elements, of which there must be as many as its shape says.
Constant checked_constant(TensorMessage& tensor, DType dtype, std::uint64_t expected,
                          ByteView bytes) {
  if (bytes.bytes.size() != expected) {
    fail(tensor.name, "of shape " + to_string(tensor.dims) + " needs " + std::to_string(expected) +
                          " bytes of " + std::string(to_string(dtype)) + " but has " +
                          std::to_string(bytes.bytes.size()));
  }
  return Constant(dtype, std::move(tensor.dims), bytes.bytes, std::move(bytes.owner));
}

[[noreturn]] void refuse_position(const TensorMessage& tensor, const std::string& file) {
  fail(tensor.name, "reaches beyond the end of the external data file '" + file + "'");
}

/// The block that holds the `length` bytes at the tensor's position, and where they lie in it.
std::pair<std::shared_ptr<WeightBlock>, std::uint64_t> block_of(
    const TensorMessage& tensor, const std::string& file, std::uint64_t length,
    const std::map<std::uint64_t, std::shared_ptr<WeightBlock>>& blocks) {
  const auto offset = static_cast<std::uint64_t>(tensor.external.offset);
  auto found = blocks.upper_bound(offset);
  if (found == blocks.begin()) refuse_position(tensor, file);
  --found;
  const std::uint64_t start = offset - found->first;
  const std::uint64_t size = found->second->size;
  if (start > size || length > size - start) refuse_position(tensor, file);
  return {found->second, start};
}

Constant external_constant(TensorMessage& tensor, DType dtype, std::uint64_t expected,
                           const TensorSources& sources) {
  const bool is_set_apart = tensor.external.location.empty() && sources.weight_blocks != nullptr &&
                            sources.weight_blocks->contains("");
  const std::string file = is_set_apart ? "" : base_name_of(tensor);
  const std::uint64_t length =
      tensor.external.length ? static_cast<std::uint64_t>(*tensor.external.length) : expected;
  if (sources.weight_blocks != nullptr && sources.weight_blocks->contains(file)) {
    auto [block, start] = block_of(tensor, file, length, sources.weight_blocks->at(file));
    if (start == 0 && length == block->size && length == expected) {
      return Constant(dtype, std::move(tensor.dims), block);
    }
    return checked_constant(
        tensor, dtype, expected,
        {block->bytes().subspan(static_cast<std::size_t>(start), static_cast<std::size_t>(length)),
         block});
  }
  if (sources.external_data == nullptr || !sources.external_data->contains(file)) {
    throw Error(ErrorCode::MissingExternalData,
                "tensor '" + tensor.name + "' lies in the external data file '" + file +
                    "', which was not given: load it together with the model",
                file);
  }
  const ByteView& data = sources.external_data->at(file);
  const auto offset = static_cast<std::uint64_t>(tensor.external.offset);
  if (offset > data.bytes.size() || length > data.bytes.size() - offset) {
    refuse_position(tensor, file);
  }
  return checked_constant(
      tensor, dtype, expected,
      {data.bytes.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(length)),
       data.owner});
}

ByteView bytes_of(TensorMessage& tensor, DType dtype, const TensorSources& sources) {
  if (tensor.raw_data) return {*tensor.raw_data, sources.owner};
  return typed_bytes(tensor, dtype, sources);
}

std::uint64_t checked_byte_count(const TensorMessage& tensor, DType dtype) {
  try {
    return std::uint64_t{element_count(tensor.dims)} * size_of(dtype);
  } catch (const Error& error) {
    fail(tensor.name, std::string("is malformed: ") + error.what());
  }
}

}  // namespace

DType dtype_from_onnx(std::int64_t data_type, std::string_view where) {
  if (const auto dtype = onnx_dtype(data_type)) return *dtype;
  throw Error(ErrorCode::UnsupportedOperator,
              std::string(where) + " has the ONNX element type " + std::to_string(data_type) +
                  ", which is not supported: export it with float or integer elements",
              std::string(where));
}

NamedConstant read_tensor(protozero::data_view message, const TensorSources& sources) {
  TensorMessage tensor = read_message(message);
  const DType dtype = dtype_from_onnx(tensor.data_type, "tensor '" + tensor.name + "'");
  const std::uint64_t expected = checked_byte_count(tensor, dtype);
  Constant constant = tensor.is_external ? external_constant(tensor, dtype, expected, sources)
                                         : checked_constant(tensor, dtype, expected,
                                                            bytes_of(tensor, dtype, sources));
  return {std::move(tensor.name), std::move(constant)};
}

}  // namespace relcam
