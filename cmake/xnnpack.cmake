# XNNPACK, reduced to what a float32 engine can reach. Its configuration files name kernels of other
# data types as well; the linker drops those functions, so that nothing is missing.

# Microkernel families of float32, of moves and of conversion; the elementwise ones of every type,
# because XNNPACK picks those in one switch over the type.
set(xnnpack_families "^src/(f32-|x32-|xx-|x[0-9]+-transposec|x8-lut|f16-v|[qsu]+8-v|[a-z0-9]+-[a-z0-9]+-vcvt)")
# Of those: quantised weights, sparse weights, channel-first layouts, channel shuffle and unpooling.
set(xnnpack_unused_families "^src/(f32-qc[48]w|f32-spmm|f32-ppmm|f32-[a-z0-9-]+chw|f32-conv-hwc|x32-zip|x32-unpool)")

# Kernels of every build, and those that one instruction set adds.
if(EMSCRIPTEN)
  set(xnnpack_kernel_sets scalar wasm wasmsimd)
  set(xnnpack_kernel_sets_relaxed wasmrelaxedsimd)
  set(xnnpack_flags_wasmrelaxedsimd -mrelaxed-simd)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|amd64")
  set(xnnpack_kernel_sets scalar sse sse2 ssse3 sse41 avx f16c fma3 avx2)
  set(xnnpack_asks_cpuinfo ON)
  set(xnnpack_flags_ssse3 -mssse3)
  set(xnnpack_flags_sse41 -msse4.1)
  set(xnnpack_flags_avx -mavx)
  set(xnnpack_flags_f16c -mf16c)
  set(xnnpack_flags_fma3 -mfma -mf16c)
  set(xnnpack_flags_avx2 -mavx2 -mfma -mf16c)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  set(xnnpack_kernel_sets scalar neon neon_aarch64 neonfma neonfma_aarch64 neonfp16 neonv8)
else()
  message(FATAL_ERROR "No XNNPACK kernels are listed for ${CMAKE_SYSTEM_PROCESSOR}.")
endif()

# Objects of some files of XNNPACK.
function(xnnpack_add_part part)
  add_library(${part} OBJECT ${ARGN})
  target_include_directories(
    ${part} PRIVATE "${RELCAM_XNNPACK_DIR}/include" "${RELCAM_XNNPACK_DIR}/src"
                    "${RELCAM_FXDIV_DIR}/include")
  if(EMSCRIPTEN)
    target_include_directories(${part} PRIVATE "${PROJECT_SOURCE_DIR}/cmake/wasm-include")
  else()
    target_include_directories(${part} PRIVATE "${PROJECT_SOURCE_DIR}/cmake/native-include")
  endif()
  target_link_libraries(${part} PRIVATE pthreadpool)
  target_compile_options(${part} PRIVATE -w -fno-math-errno -ffunction-sections -fdata-sections)
  target_compile_definitions(
    ${part}
    PRIVATE XNN_LOG_LEVEL=0
            XNN_ENABLE_CPUINFO=$<BOOL:${xnnpack_asks_cpuinfo}>
            XNN_ENABLE_ASSEMBLY=0
            XNN_ENABLE_MEMOPT=0
            XNN_ENABLE_SPARSE=0
            XNN_ENABLE_GEMM_M_SPECIALIZATION=1
            XNN_ENABLE_DWCONV_MULTIPASS=1
            XNN_ENABLE_KLEIDIAI=0
            $<$<NOT:$<BOOL:${EMSCRIPTEN}>>:_GNU_SOURCE=1>)
  foreach(
    feature IN
    ITEMS ARM_BF16 ARM_DOTPROD ARM_FP16_SCALAR ARM_FP16_VECTOR ARM_I8MM ARM_SME ARM_SME2 AVX256SKX
          AVX256VBMI AVX256VNNI AVX256VNNIGFNI AVX512AMX AVX512F AVX512FP16 AVX512SKX AVX512VBMI
          AVX512VNNI AVX512VNNIGFNI AVXVNNI AVXVNNIINT8 HVX RISCV_FP16_VECTOR RISCV_VECTOR VSX)
    target_compile_definitions(${part} PRIVATE XNN_ENABLE_${feature}=0)
  endforeach()
endfunction()

# Most of these files take less time to compile than to start the compiler for.
function(xnnpack_join_sources part)
  set_target_properties(${part} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 24)
endfunction()

# The microkernels of one of XNNPACK's own lists.
function(xnnpack_add_kernels set_name)
  include("${RELCAM_XNNPACK_DIR}/cmake/gen/${set_name}_microkernels.cmake")
  string(TOUPPER "PROD_${set_name}_MICROKERNEL_SRCS" list_name)
  set(kernels ${${list_name}})
  list(FILTER kernels INCLUDE REGEX "${xnnpack_families}")
  list(FILTER kernels EXCLUDE REGEX "${xnnpack_unused_families}")
  list(TRANSFORM kernels PREPEND "${RELCAM_XNNPACK_DIR}/")
  xnnpack_add_part(xnnpack_${set_name}_kernels ${kernels})
  xnnpack_join_sources(xnnpack_${set_name}_kernels)
  target_compile_options(xnnpack_${set_name}_kernels PRIVATE -O2 ${xnnpack_flags_${set_name}})
endfunction()

set(xnnpack_framework_options $<IF:$<BOOL:${EMSCRIPTEN}>,-Os,-O1>)
file(GLOB xnnpack_framework "${RELCAM_XNNPACK_DIR}/src/*.c" "${RELCAM_XNNPACK_DIR}/src/enums/*.c"
     "${RELCAM_XNNPACK_DIR}/src/operators/*.c" "${RELCAM_XNNPACK_DIR}/src/tables/*.c"
     "${RELCAM_XNNPACK_DIR}/src/reference/*.cc")
list(FILTER xnnpack_framework EXCLUDE REGEX "/src/(subgraph|runtime|memory-planner|im2col|tensor)\\.c$")
xnnpack_add_part(xnnpack_framework ${xnnpack_framework})
target_compile_options(xnnpack_framework PRIVATE ${xnnpack_framework_options})

foreach(set_name IN LISTS xnnpack_kernel_sets)
  xnnpack_add_kernels(${set_name})
endforeach()

# Its configuration files choose the kernels.
file(GLOB xnnpack_configs "${RELCAM_XNNPACK_DIR}/src/configs/*.c")
foreach(instruction_set IN LISTS RELCAM_INSTRUCTION_SETS)
  set(library xnnpack_${instruction_set})
  xnnpack_add_part(${library}_configs ${xnnpack_configs})
  xnnpack_join_sources(${library}_configs)
  target_compile_options(
    ${library}_configs PRIVATE ${xnnpack_framework_options} ${RELCAM_FLAGS_${instruction_set}})
  foreach(set_name IN LISTS xnnpack_kernel_sets_${instruction_set})
    xnnpack_add_kernels(${set_name})
  endforeach()

  add_library(${library} STATIC $<TARGET_OBJECTS:xnnpack_framework> $<TARGET_OBJECTS:${library}_configs>)
  foreach(set_name IN LISTS xnnpack_kernel_sets xnnpack_kernel_sets_${instruction_set})
    target_sources(${library} PRIVATE $<TARGET_OBJECTS:xnnpack_${set_name}_kernels>)
  endforeach()
  target_include_directories(${library} SYSTEM INTERFACE "${RELCAM_XNNPACK_DIR}/include")
  target_link_libraries(${library} PUBLIC pthreadpool)
  if(NOT EMSCRIPTEN)
    target_link_libraries(${library} PUBLIC m)
    target_link_options(
      ${library} INTERFACE
      $<IF:$<PLATFORM_ID:Darwin>,-Wl$<COMMA>-dead_strip,-Wl$<COMMA>--gc-sections>)
  endif()
endforeach()
