#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "kernels/window.h"
#include "ops/decomposition.h"

namespace relcam {

/// The kernel's size comes from elsewhere than `kernel_shape`, or pools' extra attributes apply.
struct WindowOptions {
  bool pooling = false;  ///< read ceil_mode, and refuse pads as large as the kernel
};

/// A window with the output it gives.
struct ResolvedWindow {
  Window2d window;
  Extent2d output;
};

/// Height and width of a physical (channels-last) or ONNX (NCHW) shape of rank 4.
Extent2d spatial_extent(const Shape& shape, Layout layout);

/// Throws UnsupportedOperator unless the first input has rank 4 (images), InvalidModel when one of
/// its dimensions is not positive.
void require_images(const NodeView& view);

/// Reads and checks strides, dilations, pads, auto_pad and, for pools, ceil_mode; throws
/// InvalidModel.
ResolvedWindow resolve_window(const NodeView& view, Extent2d input, Extent2d kernel,
                              WindowOptions options);

/// Writes a node on signals (rank 3) as one on images of a single row; false for any other rank.
/// `weights`: its second input has window axes, too.
bool decompose_signal(Decomposition& to, bool weights);

/// An attribute of `count` sizes in [least, most]; `fallback` for each when it is missing. Throws
/// InvalidModel.
std::vector<std::int64_t> sizes_attribute(const NodeView& view, std::string_view key,
                                          std::size_t count, std::int64_t fallback,
                                          std::int64_t least, std::int64_t most = kMaxElements);

/// A two-element attribute of sizes, each at least 1; `fallback` when it is missing.
Extent2d extent_attribute(const NodeView& view, std::string_view key, Extent2d fallback);

}  // namespace relcam
