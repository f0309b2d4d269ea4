# XNNPACK, reduced to what a float32 engine can reach. Its configuration files name kernels of other
# data types as well; the linker drops those functions, so that nothing is missing.

# Microkernel families of float32, of moves and of conversion; the elementwise ones of every type,
# because XNNPACK picks those in one switch over the type.
set(xnnpack_families "^src/(f32-|x32-|xx-|x[0-9]+-transposec|x8-lut|f16-v|[qsu]+8-v|[a-z0-9]+-[a-z0-9]+-vcvt)")
# Of those: quantised weights, sparse weights, channel-first layouts, channel shuffle and unpooling.
set(xnnpack_unused_families "^src/(f32-qc[48]w|f32-spmm|f32-ppmm|f32-[a-z0-9-]+chw|f32-conv-hwc|x32-zip|x32-unpool)")

if(EMSCRIPTEN)
  set(xnnpack_instruction_sets scalar wasm wasmsimd)
  if(RELCAM_RELAXED_SIMD)
    list(APPEND xnnpack_instruction_sets wasmrelaxedsimd)
  endif()
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|amd64")
  set(xnnpack_instruction_sets scalar sse sse2 ssse3 sse41 avx f16c fma3 avx2)
  set(xnnpack_asks_cpuinfo ON)
  set(xnnpack_flags_ssse3 -mssse3)
  set(xnnpack_flags_sse41 -msse4.1)
  set(xnnpack_flags_avx -mavx)
  set(xnnpack_flags_f16c -mf16c)
  set(xnnpack_flags_fma3 -mfma -mf16c)
  set(xnnpack_flags_avx2 -mavx2 -mfma -mf16c)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  set(xnnpack_instruction_sets
      scalar neon neon_aarch64 neonfma neonfma_aarch64 neonfp16 neonv8)
else()
  message(FATAL_ERROR "No XNNPACK kernels are listed for ${CMAKE_SYSTEM_PROCESSOR}.")
endif()

set(xnnpack_kernels)
foreach(set_name IN LISTS xnnpack_instruction_sets)
  include("${RELCAM_XNNPACK_DIR}/cmake/gen/${set_name}_microkernels.cmake")
  string(TOUPPER "PROD_${set_name}_MICROKERNEL_SRCS" list_name)
  set(kernels ${${list_name}})
  list(FILTER kernels INCLUDE REGEX "${xnnpack_families}")
  list(FILTER kernels EXCLUDE REGEX "${xnnpack_unused_families}")
  list(TRANSFORM kernels PREPEND "${RELCAM_XNNPACK_DIR}/")
  if(DEFINED xnnpack_flags_${set_name})
    set_source_files_properties(${kernels} PROPERTIES COMPILE_OPTIONS "${xnnpack_flags_${set_name}}")
  endif()
  list(APPEND xnnpack_kernels ${kernels})
endforeach()

file(GLOB xnnpack_framework "${RELCAM_XNNPACK_DIR}/src/*.c" "${RELCAM_XNNPACK_DIR}/src/configs/*.c"
     "${RELCAM_XNNPACK_DIR}/src/enums/*.c" "${RELCAM_XNNPACK_DIR}/src/operators/*.c"
     "${RELCAM_XNNPACK_DIR}/src/tables/*.c" "${RELCAM_XNNPACK_DIR}/src/reference/*.cc")
list(FILTER xnnpack_framework EXCLUDE REGEX "/src/(subgraph|runtime|memory-planner|im2col|tensor)\\.c$")

add_library(xnnpack_kernels OBJECT ${xnnpack_kernels})
add_library(xnnpack_framework OBJECT ${xnnpack_framework})
foreach(part IN ITEMS xnnpack_kernels xnnpack_framework)
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
endforeach()
target_compile_options(xnnpack_kernels PRIVATE -O2)
target_compile_options(xnnpack_framework PRIVATE $<IF:$<BOOL:${EMSCRIPTEN}>,-Os,-O1>)

add_library(xnnpack STATIC $<TARGET_OBJECTS:xnnpack_kernels> $<TARGET_OBJECTS:xnnpack_framework>)
target_include_directories(xnnpack SYSTEM INTERFACE "${RELCAM_XNNPACK_DIR}/include")
target_link_libraries(xnnpack PUBLIC pthreadpool)
if(NOT EMSCRIPTEN)
  target_link_libraries(xnnpack PUBLIC m)
  target_link_options(xnnpack INTERFACE $<IF:$<PLATFORM_ID:Darwin>,-Wl$<COMMA>-dead_strip,-Wl$<COMMA>--gc-sections>)
endif()
