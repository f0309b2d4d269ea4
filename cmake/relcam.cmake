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
list(REMOVE_ITEM relcam_sources ${relcam_kernels})
# Kernels that only move values, or that few networks use: vectorising them costs size for little.
set(relcam_small_kernels broadcast index_map interpolation local_response quantize window)
list(TRANSFORM relcam_small_kernels
     REPLACE "(.+)" "${PROJECT_SOURCE_DIR}/src/kernels/\\1.cpp")
list(REMOVE_ITEM relcam_kernels ${relcam_small_kernels})
set_source_files_properties(
  "${PROJECT_SOURCE_DIR}/src/base/version.cpp" PROPERTIES COMPILE_DEFINITIONS
                                                         "RELCAM_VERSION=\"${PROJECT_VERSION}\"")

# Headers of the standard library that most files include.
set(relcam_precompiled_headers
    <algorithm> <functional> <map> <memory> <optional> <span> <string> <string_view> <vector>)

# How our files see each other.
add_library(relcam_usage INTERFACE)
target_include_directories(relcam_usage INTERFACE "${PROJECT_SOURCE_DIR}/src")
target_link_libraries(relcam_usage INTERFACE relcam_warnings)
target_compile_definitions(relcam_usage INTERFACE $<$<BOOL:${RELCAM_THREADS}>:RELCAM_THREADS=1>)

# Objects of some files of ours.
function(relcam_add_part part)
  add_library(${part} OBJECT ${ARGN})
  target_link_libraries(${part} PRIVATE relcam_usage protozero)
  target_precompile_headers(${part} PRIVATE ${relcam_precompiled_headers})
endfunction()

# Where maps and pictures are computed, code is fast; everything else but the kernels is small.
file(GLOB relcam_numeric CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/image/*.cpp"
     "${PROJECT_SOURCE_DIR}/src/methods/*.cpp" "${PROJECT_SOURCE_DIR}/src/rules/*.cpp")
list(REMOVE_ITEM relcam_sources ${relcam_numeric})
relcam_add_part(relcam_numeric ${relcam_numeric})
target_compile_options(relcam_numeric PRIVATE $<$<BOOL:${EMSCRIPTEN}>:-Oz>)
relcam_add_part(relcam_common ${relcam_sources})
target_compile_options(relcam_common PRIVATE $<$<BOOL:${EMSCRIPTEN}>:-Oz>)

# Only the kernels see XNNPACK, its internal headers included.
set(RELCAM_XNNPACK_INCLUDES
    "-isystem${RELCAM_XNNPACK_DIR}/include" "-isystem${RELCAM_XNNPACK_DIR}/src"
    "-isystem${RELCAM_PTHREADPOOL_DIR}/include" "-isystem${RELCAM_FXDIV_DIR}/include")
function(relcam_add_kernels part instruction_set optimization)
  relcam_add_part(${part} ${ARGN})
  target_compile_options(
    ${part} PRIVATE ${RELCAM_XNNPACK_INCLUDES} $<$<BOOL:${EMSCRIPTEN}>:${optimization}>
                    ${RELCAM_FLAGS_${instruction_set}})
endfunction()

foreach(instruction_set IN LISTS RELCAM_INSTRUCTION_SETS)
  set(library relcam_${instruction_set})
  relcam_add_kernels(${library}_kernels ${instruction_set} -O2 ${relcam_kernels})
  relcam_add_kernels(${library}_small_kernels ${instruction_set} -Os ${relcam_small_kernels})

  add_library(
    ${library} STATIC
    $<TARGET_OBJECTS:relcam_common> $<TARGET_OBJECTS:relcam_numeric>
    $<TARGET_OBJECTS:${library}_kernels> $<TARGET_OBJECTS:${library}_small_kernels>)
  target_link_libraries(${library} PUBLIC relcam_usage
                        PRIVATE $<LINK_ONLY:xnnpack_${instruction_set}>)
endforeach()
