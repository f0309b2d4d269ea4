// Two XNNPACK kernels for WebAssembly include <arm_neon.h> where this header is meant.
#pragma once
#include <wasm_simd128.h>
