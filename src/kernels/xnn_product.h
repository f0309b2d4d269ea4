#pragma once

#include <cstddef>

#include "xnnpack/config.h"

namespace relcam {

/// XNNPACK's matrix product: c[row][column] = sum over k of a[row][k] * w[k][column] for weights
/// packed in panels of xnnpack_panel_width() columns, each with its biases before them.
class XnnProduct {
 public:
  XnnProduct(std::size_t depth, std::size_t columns);

  void run(std::size_t rows, const float* a, const float* weights, float* c) const;

 private:
  void call(std::size_t rows, std::size_t count, const float* a, const float* panel,
            float* c) const;

  const xnn_gemm_config* config_ = xnn_init_f32_gemm_config();
  std::size_t depth_;
  std::size_t columns_;
  xnn_f32_minmax_params params_;
};

}  // namespace relcam
