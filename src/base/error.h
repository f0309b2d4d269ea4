#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace relcam {

/// What went wrong, as callers branch on it. `to_string` gives the public spelling.
enum class ErrorCode {
  InvalidModel,
  UnsupportedOperator,
  MissingExternalData,
  InvalidImage,
  InvalidInput,
  InvalidOption,
  UnknownLayer,
  UnknownClass,
  UncoveredNode,
  OutOfMemory,
  Internal,
};

/// Public spelling of `code`, e.g. "invalid-model".
std::string_view to_string(ErrorCode code);

/// The one exception type: `message` is one sentence that names the culprit and what to do;
/// `node` is the ONNX node, operator or option it is about (may be empty).
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message, std::string node = {})
      : std::runtime_error(message), code_(code), node_(std::move(node)) {}

  ErrorCode code() const { return code_; }
  const std::string& node() const { return node_; }

 private:
  ErrorCode code_;
  std::string node_;
};

}  // namespace relcam
