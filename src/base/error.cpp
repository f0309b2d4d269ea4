#include "base/error.h"

namespace relcam {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidModel: return "invalid-model";
    case ErrorCode::UnsupportedOperator: return "unsupported-operator";
    case ErrorCode::MissingExternalData: return "missing-external-data";
    case ErrorCode::InvalidImage: return "invalid-image";
    case ErrorCode::InvalidInput: return "invalid-input";
    case ErrorCode::InvalidOption: return "invalid-option";
    case ErrorCode::UnknownLayer: return "unknown-layer";
    case ErrorCode::UnknownClass: return "unknown-class";
    case ErrorCode::UncoveredNode: return "uncovered-node";
    case ErrorCode::OutOfMemory: return "out-of-memory";
    case ErrorCode::Internal: return "internal";
  }
  return "internal";
}

}  // namespace relcam
