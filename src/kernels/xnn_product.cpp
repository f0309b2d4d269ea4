#include "kernels/xnn_product.h"

#include <algorithm>
#include <limits>

#include "xnnpack/microfnptr.h"

namespace relcam {
namespace {

/// The weights of one call of the product should stay in the first-level cache.
constexpr std::size_t kPanelFloats = std::size_t{1} << 12;

/// Those without bounds where there are any: bounds, even infinite ones, may make numbers of NaN.
const gemm_fused_ukernels& kernels_of(const xnn_gemm_config& config) {
  const bool unbounded = config.linear.gemm[config.mr - 1].function[XNN_UARCH_DEFAULT] != nullptr;
  return unbounded ? config.linear : config.minmax;
}

}  // namespace

XnnProduct::XnnProduct(std::size_t depth, std::size_t columns) : depth_(depth), columns_(columns) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  config_->init.f32(&params_, -kInfinity, kInfinity);
}

void XnnProduct::run(std::size_t rows, const float* a, const float* weights, float* c) const {
  const std::size_t width = config_->nr;
  const std::size_t step = std::max<std::size_t>(kPanelFloats / depth_ / width, 1) * width;
  for (std::size_t column = 0; column < columns_; column += step) {
    const float* panel = weights + column * (depth_ + 1);
    const std::size_t count = std::min(step, columns_ - column);
    for (std::size_t row = 0; row < rows; row += config_->mr) {
      call(std::min<std::size_t>(config_->mr, rows - row), count, a + row * depth_, panel,
           c + row * columns_ + column);
    }
  }
}

void XnnProduct::call(std::size_t rows, std::size_t count, const float* a, const float* panel,
                      float* c) const {
  const auto kernel = reinterpret_cast<xnn_f32_gemm_minmax_ukernel_fn>(
      kernels_of(*config_).gemm[config_->mr - 1].function[XNN_UARCH_DEFAULT]);
  kernel(rows, count, depth_ * sizeof(float), a, depth_ * sizeof(float), panel, c,
         columns_ * sizeof(float), config_->nr * sizeof(float), &params_);
}

}  // namespace relcam
