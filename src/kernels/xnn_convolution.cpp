#include "kernels/xnn_convolution.h"

#include <cstdint>
#include <utility>

#include "base/error.h"

namespace relcam {

XnnConvolution::XnnConvolution(const ConvolutionShape& shape, const float* panels)
    : shape_(shape), panels_(panels), provider_(panels) {
  initialize_xnnpack();
}

XnnConvolution::Variant& XnnConvolution::variant(std::size_t count, float low, float high,
                                                 const ThreadPool& pool) {
  for (Variant& known : variants_) {
    if (known.count == count && known.low == low && known.high == high) return known;
  }
  const auto size = [](std::size_t value) { return static_cast<std::uint32_t>(value); };
  const Window2d& window = shape_.window;
  xnn_operator_t op = nullptr;
  const xnn_status status = xnn_create_convolution2d_nhwc_f32(
      size(window.pads.top), size(window.pads.right), size(window.pads.bottom),
      size(window.pads.left), size(window.kernel.height), size(window.kernel.width),
      size(window.stride.height), size(window.stride.width), size(window.dilation.height),
      size(window.dilation.width), size(shape_.groups), shape_.group_inputs, shape_.group_outputs,
      shape_.input_channels(), shape_.output_channels(), panels_,
      /*bias=*/nullptr, low, high, /*flags=*/0, /*code_cache=*/nullptr, provider_.handle(), &op);
  XnnOperator created(op);
  check_xnnpack(status, "convolution");

  std::size_t workspace_size = 0;
  std::size_t workspace_alignment = 0;
  Extent2d output;
  check_xnnpack(
      xnn_reshape_convolution2d_nhwc_f32(created.get(), count * shape_.batch, shape_.input.height,
                                         shape_.input.width, &workspace_size, &workspace_alignment,
                                         &output.height, &output.width, pool.handle()),
      "convolution");
  if (output.height != shape_.output.height || output.width != shape_.output.width) {
    throw Error(ErrorCode::Internal, "XNNPACK sees another output size of a convolution.");
  }
  variants_.push_back(
      {count, low, high, std::move(created), Buffer(workspace_size / sizeof(float))});
  return variants_.back();
}

void XnnConvolution::run(std::span<const float> x, std::span<float> y, std::size_t count, float low,
                         float high, const ThreadPool& pool) {
  Variant& chosen = variant(count, low, high, pool);
  check_xnnpack(xnn_setup_convolution2d_nhwc_f32(chosen.op.get(), chosen.workspace.floats().data(),
                                                 x.data(), y.data()),
                "convolution");
  check_xnnpack(xnn_run_operator(chosen.op.get(), pool.handle()), "convolution");
}

}  // namespace relcam
