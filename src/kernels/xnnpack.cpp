#include "kernels/xnnpack.h"

#include <string>

#include "base/error.h"
#include "xnnpack/config.h"

namespace relcam {

void initialize_xnnpack() {
  static const xnn_status status = xnn_initialize(nullptr);
  check_xnnpack(status, "initialisation");
}

void check_xnnpack(xnn_status status, std::string_view step) {
  if (status == xnn_status_success) return;
  if (status == xnn_status_out_of_memory) {
    throw Error(ErrorCode::OutOfMemory,
                "Not enough memory for XNNPACK's " + std::string(step) + ".");
  }
  throw Error(ErrorCode::Internal, "XNNPACK's " + std::string(step) + " failed with status " +
                                       std::to_string(static_cast<int>(status)) + ".");
}

std::size_t xnnpack_panel_width() {
  initialize_xnnpack();
  const xnn_gemm_config* config = xnn_init_f32_gemm_config();
  // Our kernels read the panels too, so the order inside a panel must be the plain one.
  if (config == nullptr || config->nr % 4 != 0 || config->log2_kr != 0 || config->log2_sr != 0) {
    throw Error(ErrorCode::Internal,
                "XNNPACK packs weights in a way unknown here on this machine.");
  }
  return config->nr;
}

PackedWeightsProvider::PackedWeightsProvider(const float* packed)
    : provider_{
          .context = const_cast<float*>(packed),
          .look_up = [](void*, const xnn_weights_cache_look_up_key*) -> std::size_t { return 0; },
          .reserve_space = [](void*, std::size_t) -> void* { return nullptr; },
          .look_up_or_insert = [](void*, const xnn_weights_cache_look_up_key*, void*,
                                  std::size_t) -> std::size_t { return 0; },
          .is_finalized = [](void*) { return true; },
          .offset_to_addr = [](void* context, std::size_t) { return context; },
          .delete_cache = [](void*) { return xnn_status_success; }} {}

}  // namespace relcam
