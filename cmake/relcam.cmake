# The engine: every file below src, warnings as errors, sanitizers where asked for.
add_library(relcam_warnings INTERFACE)
target_compile_options(
  relcam_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -ffp-contract=off)
if(RELCAM_SANITIZE)
  target_compile_options(
    relcam_warnings INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all
                              -fno-omit-frame-pointer)
  # GCC sees uninitialised uses in instrumented standard headers that are not there; clang-tidy
  # reads the same command line and does not know that warning.
  target_compile_options(
    relcam_warnings INTERFACE
      "$<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-unknown-warning-option>")
  target_compile_definitions(relcam_warnings INTERFACE _GLIBCXX_ASSERTIONS)
  target_link_options(relcam_warnings INTERFACE -fsanitize=address,undefined)
endif()

file(GLOB_RECURSE relcam_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/*.cpp")
file(GLOB_RECURSE relcam_kernels CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/kernels/*.cpp")

add_library(relcam STATIC ${relcam_sources})
target_include_directories(relcam PUBLIC "${PROJECT_SOURCE_DIR}/src")
target_link_libraries(
  relcam
  PUBLIC $<BUILD_INTERFACE:relcam_warnings>
  PRIVATE protozero $<LINK_ONLY:xnnpack>)
target_compile_definitions(
  relcam PUBLIC $<$<BOOL:${RELCAM_THREADS}>:RELCAM_THREADS=1>
                $<$<BOOL:${RELCAM_RELAXED_SIMD}>:RELCAM_RELAXED_SIMD=1>)

# Only the kernels see XNNPACK, its internal headers included.
set(RELCAM_XNNPACK_INCLUDES
    "-isystem${RELCAM_XNNPACK_DIR}/include" "-isystem${RELCAM_XNNPACK_DIR}/src"
    "-isystem${RELCAM_PTHREADPOOL_DIR}/include" "-isystem${RELCAM_FXDIV_DIR}/include")
set_source_files_properties(
  ${relcam_kernels} PROPERTIES COMPILE_OPTIONS "${RELCAM_XNNPACK_INCLUDES};$<$<BOOL:${EMSCRIPTEN}>:-O3>")
if(EMSCRIPTEN)
  # Everything but the kernels is small rather than fast.
  target_compile_options(relcam PRIVATE -Os)
endif()
set_source_files_properties(
  "${PROJECT_SOURCE_DIR}/src/base/version.cpp" PROPERTIES COMPILE_DEFINITIONS
                                                         "RELCAM_VERSION=\"${PROJECT_VERSION}\"")
