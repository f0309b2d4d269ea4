# Folders of the third-party sources: what the user names in the environment, else the toolchain's.
function(relcam_source_folder variable name)
  string(TOUPPER "${name}_SOURCE_DIR" override)
  string(REPLACE "-" "_" override "${override}")
  set(folder "${PROJECT_SOURCE_DIR}/.toolchain/src/${name}")
  if(DEFINED ENV{${override}})
    set(folder "$ENV{${override}}")
  endif()
  if(NOT EXISTS "${folder}")
    message(FATAL_ERROR "${folder} is missing: run `node scripts/setup.mjs native` first.")
  endif()
  set(${variable} "${folder}" PARENT_SCOPE)
endfunction()

relcam_source_folder(RELCAM_XNNPACK_DIR xnnpack)
relcam_source_folder(RELCAM_PTHREADPOOL_DIR pthreadpool)
relcam_source_folder(RELCAM_FXDIV_DIR fxdiv)
relcam_source_folder(RELCAM_PROTOZERO_DIR protozero)
relcam_source_folder(RELCAM_NLOHMANN_JSON_DIR nlohmann-json3)
relcam_source_folder(RELCAM_GOOGLETEST_DIR googletest)

add_library(protozero INTERFACE)
target_include_directories(protozero SYSTEM INTERFACE "${RELCAM_PROTOZERO_DIR}/include")

# Only the tests read JSON.
add_library(nlohmann_json INTERFACE)
target_include_directories(
  nlohmann_json SYSTEM INTERFACE "${RELCAM_NLOHMANN_JSON_DIR}/single_include")
