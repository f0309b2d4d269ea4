#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/byte_view.h"
#include "base/constant.h"
#include "base/shape.h"
#include "base/weight_block.h"
#include "graph/graph.h"

namespace relcam {

/// What a model file leaves open.
struct ImportOptions {
  /// Sizes of symbolic dimensions by their name in the file ("N", "height", ...).
  std::map<std::string, std::int64_t> dimensions;
  /// Whole shapes by input name; they win over what the file says.
  std::map<std::string, Shape> input_shapes;
  /// External data files by base name.
  std::map<std::string, ByteView> external_data;
  /// Height and width of images whose size is left open.
  Shape image_size = {224, 224};
  /// Tensors that were set apart from their files while those arrived; those of the model itself
  /// are external data at a location without a name.
  WeightBlocks weight_blocks;
};

/// Builds the graph of an ONNX ModelProto, topologically sorted and with ONNX shapes. Initialisers
/// are views into `model` and the external data; nothing large is copied. Constant nodes become
/// constants; initialisers that are also graph inputs are no run-time inputs.
///
/// Symbolic dimensions without a given size: the first one is the batch and becomes 1; the
/// spatial ones of a rank-4 input become `image_size`, its channels 3 if nothing is known of it.
///
/// Throws InvalidModel for anything malformed, MissingExternalData for a file that was not given,
/// InvalidOption for an option that names nothing in the model.
Graph read_onnx(const ByteView& model, const ImportOptions& options = {});

struct NamedConstant {
  std::string name;
  Constant value;
};

/// Reads a lone serialized TensorProto, as test data and inputs are stored. Throws InvalidInput.
NamedConstant read_tensor_proto(const ByteView& file);

}  // namespace relcam
