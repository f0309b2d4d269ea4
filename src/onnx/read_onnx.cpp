#include "onnx/read_onnx.h"

#include <optional>
#include <protozero/exception.hpp>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.h"
#include "onnx/input_shape.h"
#include "onnx/node_proto.h"
#include "onnx/protobuf.h"
#include "onnx/tensor_proto.h"

namespace relcam {
namespace {

constexpr std::int64_t kOldestOpset = 7;
constexpr std::int64_t kNewestOpset = 25;
/// Far above any network: bounds the memory that a small hostile file can claim.
constexpr std::size_t kMaxNodes = 2'000'000;

struct ModelMessage {
  std::optional<std::int64_t> ir_version;
  std::optional<std::int64_t> opset;
  std::optional<protozero::data_view> graph;
  std::map<std::string, std::string> metadata;
};

[[noreturn]] void fail(const std::string& message, const std::string& culprit = {}) {
  throw Error(ErrorCode::InvalidModel, message, culprit);
}

void read_opset(protozero::data_view message, ModelMessage& model) {
  std::string_view domain;
  std::int64_t version = 0;
  MessageReader<OpsetField> reader(message);
  while (reader.next()) {
    switch (reader.tag_and_type()) {
      case as_bytes_field(OpsetField::Domain): domain = to_string_view(reader.get_view()); break;
      case as_varint(OpsetField::Version): version = reader.get_int64(); break;
      default: reader.skip();
    }
  }
  if (domain.empty() || domain == "ai.onnx") model.opset = version;
}

void read_metadata(protozero::data_view message, ModelMessage& model) {
  std::string key;
  std::string value;
  MessageReader<EntryField> reader(message);
  while (reader.next()) {
    switch (reader.tag_and_type()) {
      case as_bytes_field(EntryField::Key): key = reader.get_string(); break;
      case as_bytes_field(EntryField::Content): value = reader.get_string(); break;
      default: reader.skip();
    }
  }
  model.metadata.insert_or_assign(std::move(key), std::move(value));
}

/// Fills `model` field by field, so that what was read before damaged bytes is known.
void read_model_message(protozero::data_view message, ModelMessage& model) {
  MessageReader<ModelField> reader(message);
  while (reader.next()) {
    switch (reader.tag_and_type()) {
      case as_varint(ModelField::IrVersion): model.ir_version = reader.get_int64(); break;
      case as_bytes_field(ModelField::MainGraph):
        if (model.graph) fail("the model holds more than one graph");
        model.graph = reader.get_view();
        break;
      case as_bytes_field(ModelField::OpsetImport): read_opset(reader.get_view(), model); break;
      case as_bytes_field(ModelField::MetadataProps):
        read_metadata(reader.get_view(), model);
        break;
      default: reader.skip();
    }
  }
}

void check_opset(const ModelMessage& model) {
  if (model.opset && *model.opset >= kOldestOpset && *model.opset <= kNewestOpset) return;
  const std::string found = model.opset ? "opset " + std::to_string(*model.opset) : "no opset";
  fail("the model declares " + found + ": export it with an opset from " +
       std::to_string(kOldestOpset) + " to " + std::to_string(kNewestOpset));
}

/// Assembles a Graph from a GraphProto whose fields may come in any order.
class GraphReader {
 public:
  GraphReader(const ModelMessage& model, const TensorSources& sources, const ImportOptions& options)
      : message_(*model.graph), sources_(sources), options_(options) {
    graph_.opset = *model.opset;
    graph_.metadata = model.metadata;
  }

  Graph read() {
    read_name_and_refuse_sparse();
    read_initializers();
    read_inputs();
    read_nodes();
    read_outputs();
    sort_topologically(graph_);
    return std::move(graph_);
  }

 private:
  void read_name_and_refuse_sparse() {
    for_each_message(message_, GraphField::Name,
                     [this](protozero::data_view name) { graph_.name = to_string_view(name); });
    for_each_message(message_, GraphField::SparseInitializer, [](protozero::data_view) {
      throw Error(ErrorCode::UnsupportedOperator,
                  "the model holds sparse tensors: export it with dense weights");
    });
  }

  void read_initializers() {
    for_each_message(message_, GraphField::Initializer, [this](protozero::data_view message) {
      NamedConstant tensor = read_tensor(message, sources_);
      const ValueId id = defined(tensor.name);
      give_constant(id, std::move(tensor.value));
    });
  }

  void read_inputs() {
    std::vector<DeclaredValue> inputs;
    for_each_message(message_, GraphField::Input, [this, &inputs](protozero::data_view message) {
      DeclaredValue input = read_declared_value(message);
      const ValueId known = find(input.name);
      const bool is_initializer = known != kNoValue && graph_.value(known).constant.has_value();
      if (!is_initializer) inputs.push_back(std::move(input));
    });
    check_options_name_inputs(options_, inputs);
    for (const DeclaredValue& input : inputs) {
      const ValueId id = defined(input.name);
      graph_.value(id) = complete_input(input, options_);
      graph_.inputs.push_back(id);
    }
  }

  void read_nodes() {
    std::size_t count = 0;
    for_each_message(message_, GraphField::NodeMessage,
                     [this, &count](protozero::data_view message) {
                       if (++count > kMaxNodes) fail("the model has more than 2,000,000 nodes");
                       add_node(message);
                     });
  }

  void add_node(protozero::data_view message) {
    Node node = read_node(
        message, [this](std::string_view name) { return interned(name); },
        [this](std::string_view name) { return name.empty() ? kNoValue : defined(name); },
        sources_);
    if (node.op_type != "Constant" || !node.domain.empty()) {
      graph_.nodes.push_back(std::move(node));
      return;
    }
    if (node.outputs.size() != 1 || node.outputs[0] == kNoValue) {
      fail("Constant node '" + node.name + "' should have one output", node.name);
    }
    give_constant(node.outputs[0], constant_of(node));
  }

  void read_outputs() {
    for_each_message(message_, GraphField::Output, [this](protozero::data_view message) {
      const DeclaredValue output = read_declared_value(message);
      const ValueId id = find(output.name);
      if (id == kNoValue || !is_defined_[static_cast<std::size_t>(id)]) {
        fail("nothing in the model computes its output '" + output.name + "'", output.name);
      }
      graph_.outputs.push_back(id);
    });
    if (graph_.outputs.empty()) fail("the model has no outputs");
  }

  ValueId find(std::string_view name) const {
    const auto found = ids_.find(std::string(name));
    return found == ids_.end() ? kNoValue : found->second;
  }

  ValueId interned(std::string_view name) {
    if (name.empty()) return kNoValue;
    const auto [entry, is_new] = ids_.try_emplace(std::string(name), kNoValue);
    if (is_new) {
      Value value;
      value.name = name;
      entry->second = graph_.add_value(std::move(value));
      is_defined_.push_back(false);
    }
    return entry->second;
  }

  /// The value of that name, which must not have been given or computed before.
  ValueId defined(std::string_view name) {
    const ValueId id = interned(name);
    if (id == kNoValue) fail("the model has an input or initializer without a name");
    if (is_defined_[static_cast<std::size_t>(id)]) {
      fail("the tensor '" + std::string(name) + "' is defined twice", std::string(name));
    }
    is_defined_[static_cast<std::size_t>(id)] = true;
    return id;
  }

  void give_constant(ValueId id, Constant constant) {
    Value& value = graph_.value(id);
    value.shape = constant.shape();
    value.dtype = constant.dtype();
    value.constant = std::move(constant);
  }

  protozero::data_view message_;
  const TensorSources& sources_;
  const ImportOptions& options_;
  Graph graph_;
  std::unordered_map<std::string, ValueId> ids_;
  std::vector<bool> is_defined_;
};

void read_model_or_explain(const ByteView& file, ModelMessage& model) {
  try {
    read_model_message(to_data_view(file.bytes), model);
  } catch (const protozero::exception&) {
    if (model.ir_version) fail("the model file is truncated or damaged");
    fail("the file is not an ONNX model");
  }
  if (!model.graph) fail("the file is not an ONNX model: it holds no graph");
}

}  // namespace

Graph read_onnx(const ByteView& model, const ImportOptions& options) {
  if (model.bytes.empty()) fail("the model file is empty");
  ModelMessage message;
  read_model_or_explain(model, message);
  check_opset(message);
  const TensorSources sources{model.owner, &options.external_data};
  try {
    return GraphReader(message, sources, options).read();
  } catch (const protozero::exception&) {
    fail("the model file is truncated or damaged");
  }
}

NamedConstant read_tensor_proto(const ByteView& file) {
  try {
    return read_tensor(to_data_view(file.bytes), TensorSources{file.owner, nullptr});
  } catch (const protozero::exception&) {
    throw Error(ErrorCode::InvalidInput, "the file is not an ONNX TensorProto");
  } catch (const Error& error) {
    throw Error(ErrorCode::InvalidInput,
                "the file is not a usable ONNX TensorProto: " + std::string(error.what()));
  }
}

}  // namespace relcam
