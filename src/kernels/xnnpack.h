#pragma once

#include <xnnpack.h>

#include <cstddef>
#include <memory>
#include <string_view>

namespace relcam {

/// Initialises XNNPACK once for the process; throws Internal or OutOfMemory.
void initialize_xnnpack();

/// Throws when `status` is not success: OutOfMemory or Internal, naming `step`.
void check_xnnpack(xnn_status status, std::string_view step);

struct DeleteXnnOperator {
  void operator()(xnn_operator_t op) const { xnn_delete_operator(op); }
};

using XnnOperator = std::unique_ptr<xnn_operator, DeleteXnnOperator>;

/// Output channels in one panel of XNNPACK's packed float32 weights on this machine: a multiple
/// of 4.
std::size_t xnnpack_panel_width();

/// A weights cache that always finds `packed`, so that any number of XNNPACK operators read the
/// same weights. Both must outlive the operators.
class PackedWeightsProvider {
 public:
  explicit PackedWeightsProvider(const float* packed);

  xnn_weights_cache_t handle() { return &provider_; }

 private:
  xnn_weights_cache_provider provider_;
};

}  // namespace relcam
