#pragma once

#include <span>
#include <vector>

#include "graph/graph.h"

namespace relcam {

/// The ONNX shape of a value, whatever its layout.
Shape onnx_shape(const Value& value);

/// Physical order to ONNX order ([N,H,W,C] to [N,C,H,W] for ChannelsLast, else a copy).
std::vector<float> to_onnx_order(const Value& value, std::span<const float> physical);

/// ONNX order to physical order.
std::vector<float> to_physical_order(const Value& value, std::span<const float> onnx);

/// [rows][columns] to [columns][rows] for each of `count` stacked matrices.
std::vector<float> transpose_planes(std::span<const float> source, std::size_t count,
                                    std::size_t rows, std::size_t columns);

}  // namespace relcam
