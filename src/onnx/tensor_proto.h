#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/byte_view.h"
#include "base/constant.h"
#include "base/weight_block.h"
#include "onnx/protobuf.h"
#include "onnx/read_onnx.h"

namespace relcam {

/// Where the bytes of tensors may lie: in the message itself, kept alive by `owner`, or in files.
struct TensorSources {
  std::shared_ptr<const void> owner;
  const std::map<std::string, ByteView>* external_data = nullptr;
  const WeightBlocks* weight_blocks = nullptr;
};

/// Element type for a TensorProto.DataType; throws UnsupportedOperator naming `where` for strings,
/// complex numbers and types below one byte.
DType dtype_from_onnx(std::int64_t data_type, std::string_view where);

/// Reads a TensorProto. raw_data and external data become views; typed fields are unpacked.
/// Throws InvalidModel or MissingExternalData, naming the tensor.
NamedConstant read_tensor(protozero::data_view message, const TensorSources& sources);

}  // namespace relcam
