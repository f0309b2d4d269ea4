# The WebAssembly module: relevance-cam.mjs and relevance-cam.wasm, types from the plain-SIMD build.
file(GLOB relcam_bindings CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/bindings/*.cpp")
if(NOT relcam_bindings)
  return()
endif()

add_executable(relevance-cam ${relcam_bindings})
set_target_properties(relevance-cam PROPERTIES SUFFIX ".mjs")
target_link_libraries(relevance-cam PRIVATE relcam)
target_compile_options(relevance-cam PRIVATE -Os)
target_link_options(
  relevance-cam
  PRIVATE
  -lembind
  -O3
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
  -sEXPORT_EXCEPTION_HANDLING_HELPERS=1)
if(RELCAM_THREADS)
  # The caller says how many threads it wants by the module option `threads`, and ends them by
  # PThread when it is done: under Node they would live on.
  target_link_options(
    relevance-cam PRIVATE "-sPTHREAD_POOL_SIZE=Math.max(0,(Module.threads|0)-1)"
    -sPTHREAD_POOL_SIZE_STRICT=2 -sEXPORTED_RUNTIME_METHODS=PThread
    -sDEFAULT_PTHREAD_STACK_SIZE=256KB -Wno-pthreads-mem-growth)
elseif(NOT RELCAM_RELAXED_SIMD)
  # Writing the types runs the module under Node, which may refuse relaxed-SIMD opcodes.
  target_link_options(relevance-cam PRIVATE --emit-tsd relevance-cam.d.mts)
endif()
