#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "onnx/node_proto.h"
#include "onnx/protobuf.h"

namespace relcam {

/// Sets `opset` when the OperatorSetIdProto speaks of ONNX's own operators.
void read_opset(protozero::data_view message, std::optional<std::int64_t>& opset);

/// A FunctionProto as it lies in the file.
struct FunctionMessage {
  std::string name;  ///< with its domain, for messages
  std::optional<std::int64_t> opset;
  std::vector<std::string_view> inputs;
  std::vector<std::string_view> outputs;
  std::vector<protozero::data_view> nodes;
  std::vector<protozero::data_view> defaults;  ///< of its attributes
  bool is_open = false;                        ///< being inlined
  bool is_used = false;
};

/// A model's own functions by domain, name and overload.
class FunctionTable {
 public:
  /// Throws InvalidModel for a function that is defined twice.
  void add(protozero::data_view message);
  /// Null when the node is no call.
  FunctionMessage* find(const NodeMessage& node);
  /// Newest version of ONNX's own operators that a function asks for.
  std::optional<std::int64_t> newest_opset() const;

 private:
  std::map<std::string, FunctionMessage, std::less<>> functions_;
};

/// Throws UnsupportedOperator when a function written for another opset uses an operator that takes
/// its parameters otherwise there than in the model's.
void check_same_form(const FunctionMessage& function, std::string_view op_type, std::int64_t opset);

}  // namespace relcam
