#include "onnx/read_onnx.h"

#include <optional>
#include <protozero/exception.hpp>
#include <utility>

#include "base/error.h"
#include "onnx/function_proto.h"
#include "onnx/graph_proto.h"
#include "onnx/protobuf.h"
#include "onnx/tensor_proto.h"

namespace relcam {
namespace {

constexpr std::int64_t kOldestOpset = 7;
constexpr std::int64_t kNewestOpset = 25;

struct ModelMessage {
  std::optional<std::int64_t> ir_version;
  std::optional<std::int64_t> opset;
  std::optional<protozero::data_view> graph;
  FunctionTable functions;
  std::map<std::string, std::string> metadata;
};

[[noreturn]] void fail(const std::string& message, const std::string& culprit = {}) {
  throw Error(ErrorCode::InvalidModel, message, culprit);
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
      case as_bytes_field(ModelField::OpsetImport):
        read_opset(reader.get_view(), model.opset);
        break;
      case as_bytes_field(ModelField::FunctionMessage):
        model.functions.add(reader.get_view());
        break;
      case as_bytes_field(ModelField::MetadataProps):
        read_metadata(reader.get_view(), model);
        break;
      default: reader.skip();
    }
  }
}

void check_opset(ModelMessage& model) {
  // All nodes of the main graph may be calls of functions.
  if (!model.opset) model.opset = model.functions.newest_opset();
  if (model.opset && *model.opset >= kOldestOpset && *model.opset <= kNewestOpset) return;
  const std::string found = model.opset ? "opset " + std::to_string(*model.opset) : "no opset";
  fail("the model declares " + found + ": export it with an opset from " +
       std::to_string(kOldestOpset) + " to " + std::to_string(kNewestOpset));
}

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
  const TensorSources sources{model.owner, &options.external_data, &options.weight_blocks};
  try {
    Graph graph = read_graph(*message.graph, *message.opset, message.functions, sources, options);
    graph.metadata = std::move(message.metadata);
    return graph;
  } catch (const protozero::exception&) {
    fail("the model file is truncated or damaged");
  }
}

NamedConstant read_tensor_proto(const ByteView& file) {
  try {
    return read_tensor(to_data_view(file.bytes), TensorSources{file.owner, nullptr, nullptr});
  } catch (const protozero::exception&) {
    throw Error(ErrorCode::InvalidInput, "the file is not an ONNX TensorProto");
  } catch (const Error& error) {
    throw Error(ErrorCode::InvalidInput,
                "the file is not a usable ONNX TensorProto: " + std::string(error.what()));
  }
}

}  // namespace relcam
