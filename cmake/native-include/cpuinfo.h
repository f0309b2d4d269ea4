// The part of the cpuinfo library's interface that XNNPACK asks on x86, answered by the compiler.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { cpuinfo_uarch_unknown, cpuinfo_uarch_zen, cpuinfo_uarch_dhyana };

struct cpuinfo_core {
  int uarch;
};

static inline const struct cpuinfo_core* cpuinfo_get_core(uint32_t index) {
  static const struct cpuinfo_core unknown = {cpuinfo_uarch_unknown};
  (void)index;
  return &unknown;
}

static inline bool cpuinfo_initialize(void) { return true; }
static inline bool cpuinfo_has_x86_ssse3(void) { return __builtin_cpu_supports("ssse3"); }
static inline bool cpuinfo_has_x86_sse4_1(void) { return __builtin_cpu_supports("sse4.1"); }
static inline bool cpuinfo_has_x86_avx(void) { return __builtin_cpu_supports("avx"); }
static inline bool cpuinfo_has_x86_f16c(void) { return __builtin_cpu_supports("avx2"); }
static inline bool cpuinfo_has_x86_fma3(void) { return __builtin_cpu_supports("fma"); }
static inline bool cpuinfo_has_x86_avx2(void) { return __builtin_cpu_supports("avx2"); }
