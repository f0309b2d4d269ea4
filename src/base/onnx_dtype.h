#pragma once

#include <cstdint>
#include <optional>

#include "base/constant.h"

namespace relcam {

/// The element type with that TensorProto.DataType number; none for strings, complex numbers and
/// types below one byte.
std::optional<DType> onnx_dtype(std::int64_t number);

}  // namespace relcam
