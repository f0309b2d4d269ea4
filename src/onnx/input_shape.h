#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "onnx/protobuf.h"
#include "onnx/read_onnx.h"

namespace relcam {

/// One dimension as the file declares it: a size, a name, or neither.
struct DeclaredDimension {
  std::optional<std::int64_t> size;
  std::string name;
};

/// A graph input or output as declared (ValueInfoProto).
struct DeclaredValue {
  std::string name;
  bool is_tensor = false;
  std::int64_t element_type = 0;
  std::optional<std::vector<DeclaredDimension>> shape;
};

DeclaredValue read_declared_value(protozero::data_view message);

/// The run-time input with its complete shape: what the options give, else what the file says,
/// else the defaults that read_onnx documents. Throws InvalidModel or InvalidOption.
Value complete_input(const DeclaredValue& declared, const ImportOptions& options);

/// Throws InvalidOption when an option names an input or a dimension that the model does not have.
void check_options_name_inputs(const ImportOptions& options,
                               const std::vector<DeclaredValue>& inputs);

}  // namespace relcam
