# The WebAssembly modules: relevance-cam-SET.mjs and .wasm for every instruction set; types from the
# plain one.
file(GLOB relcam_bindings CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/bindings/*.cpp")
relcam_add_part(relcam_bindings ${relcam_bindings})
target_compile_options(relcam_bindings PRIVATE -Oz)

set(relcam_module_options
    -lembind
    -Oz
    -sMODULARIZE=1
    -sEXPORT_ES6=1
    -sEXPORT_NAME=createRelevanceCam
    -sENVIRONMENT=web,worker,node
    -sALLOW_MEMORY_GROWTH=1
    -sMAXIMUM_MEMORY=4GB
    -sSTACK_SIZE=1MB
    -sFILESYSTEM=0
    -sDYNAMIC_EXECUTION=0
    -sTEXTDECODER=2
    -sMALLOC=emmalloc)
if(RELCAM_THREADS)
  # The caller says how many threads it wants by the module option `threads`, and ends them by
  # PThread when it is done: under Node they would live on.
  list(
    APPEND
    relcam_module_options
    "-sPTHREAD_POOL_SIZE=Math.max(0,(Module.threads|0)-1)"
    -sPTHREAD_POOL_SIZE_STRICT=2
    -sEXPORTED_RUNTIME_METHODS=PThread
    -sDEFAULT_PTHREAD_STACK_SIZE=256KB
    -Wno-pthreads-mem-growth)
endif()

add_custom_target(relevance-cam)
foreach(instruction_set IN LISTS RELCAM_INSTRUCTION_SETS)
  set(module relevance-cam${RELCAM_SUFFIX_${instruction_set}})
  add_executable(${module} $<TARGET_OBJECTS:relcam_bindings>)
  set_target_properties(${module} PROPERTIES SUFFIX ".mjs" LINKER_LANGUAGE CXX)
  target_link_libraries(${module} PRIVATE relcam_${instruction_set})
  target_link_options(${module} PRIVATE ${relcam_module_options})
  add_dependencies(relevance-cam ${module})
endforeach()
if(NOT RELCAM_THREADS)
  # Writing the types runs the module under Node, which may refuse relaxed-SIMD opcodes.
  target_link_options(relevance-cam-simd PRIVATE --emit-tsd relevance-cam.d.mts)
endif()
