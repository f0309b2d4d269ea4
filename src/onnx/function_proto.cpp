#include "onnx/function_proto.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"

namespace relcam {
namespace {

/// Lengths come first, so that no two functions share a key.
std::string key_of(std::string_view domain, std::string_view name, std::string_view overload) {
  std::string key = std::to_string(domain.size()) + ' ' + std::to_string(name.size()) + ' ';
  return key.append(domain).append(name).append(overload);
}

struct Change {
  std::string_view op_type;
  std::int64_t opset;
};

/// Where operators began to take a parameter as input instead of attribute, or to mean another
/// axis; the reductions of opset 18 are looked up by their common beginning.
constexpr std::array kChanges = {Change{"BatchNormalization", 9},
                                 Change{"Slice", 10},
                                 Change{"TopK", 10},
                                 Change{"Clip", 11},
                                 Change{"Pad", 11},
                                 Change{"Softmax", 13},
                                 Change{"LogSoftmax", 13},
                                 Change{"ReduceSum", 13},
                                 Change{"Split", 13},
                                 Change{"Squeeze", 13},
                                 Change{"Unsqueeze", 13},
                                 Change{"Pad", 18},
                                 Change{"ReduceL", 18},
                                 Change{"ReduceMax", 18},
                                 Change{"ReduceMean", 18},
                                 Change{"ReduceMin", 18},
                                 Change{"ReduceProd", 18},
                                 Change{"Split", 18}};

}  // namespace

void read_opset(protozero::data_view message, std::optional<std::int64_t>& opset) {
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
  if (normalized_domain(domain).empty()) opset = version;
}

void FunctionTable::add(protozero::data_view message) {
  FunctionMessage function;
  std::string_view name;
  std::string_view domain;
  std::string_view overload;
  MessageReader<FunctionField> reader(message);
  while (reader.next()) {
    switch (reader.tag_and_type()) {
      case as_bytes_field(FunctionField::Name): name = to_string_view(reader.get_view()); break;
      case as_bytes_field(FunctionField::Domain):
        domain = normalized_domain(to_string_view(reader.get_view()));
        break;
      case as_bytes_field(FunctionField::Overload):
        overload = to_string_view(reader.get_view());
        break;
      case as_bytes_field(FunctionField::Input):
        function.inputs.push_back(to_string_view(reader.get_view()));
        break;
      case as_bytes_field(FunctionField::Output):
        function.outputs.push_back(to_string_view(reader.get_view()));
        break;
      case as_bytes_field(FunctionField::NodeMessage):
        function.nodes.push_back(reader.get_view());
        break;
      case as_bytes_field(FunctionField::DefaultAttribute):
        function.defaults.push_back(reader.get_view());
        break;
      case as_bytes_field(FunctionField::OpsetImport):
        read_opset(reader.get_view(), function.opset);
        break;
      default: reader.skip();
    }
  }
  function.name =
      domain.empty() ? std::string(name) : std::string(domain) + "." + std::string(name);
  const std::string label = function.name;
  if (!functions_.emplace(key_of(domain, name, overload), std::move(function)).second) {
    throw Error(ErrorCode::InvalidModel, "the function '" + label + "' is defined twice", label);
  }
}

FunctionMessage* FunctionTable::find(const NodeMessage& node) {
  if (functions_.empty()) return nullptr;
  const auto found = functions_.find(key_of(node.domain, node.op_type, node.overload));
  return found == functions_.end() ? nullptr : &found->second;
}

std::optional<std::int64_t> FunctionTable::newest_opset() const {
  std::optional<std::int64_t> newest;
  for (const auto& [key, function] : functions_) newest = std::max(newest, function.opset);
  return newest;
}

void check_same_form(const FunctionMessage& function, std::string_view op_type,
                     std::int64_t opset) {
  if (!function.opset || *function.opset == opset) return;
  const auto [older, newer] = std::minmax(*function.opset, opset);
  for (const Change& change : kChanges) {
    if (older >= change.opset || newer < change.opset) continue;
    const bool matches =
        change.op_type == "ReduceL" ? op_type.starts_with("ReduceL") : op_type == change.op_type;
    if (!matches) continue;
    throw Error(ErrorCode::UnsupportedOperator,
                "the function '" + function.name + "' uses " + std::string(op_type) + " of opset " +
                    std::to_string(*function.opset) + " in a model of opset " +
                    std::to_string(opset) + ", where it differs: export both with one opset",
                function.name);
  }
}

}  // namespace relcam
