# pthreadpool: its single-threaded shim, or the pool itself.
if(RELCAM_THREADS)
  set(pthreadpool_sources pthreads.c portable-api.c memory.c)
else()
  set(pthreadpool_sources shim.c)
endif()
list(TRANSFORM pthreadpool_sources PREPEND "${RELCAM_PTHREADPOOL_DIR}/src/")

add_library(pthreadpool STATIC ${pthreadpool_sources})
target_include_directories(pthreadpool SYSTEM PUBLIC "${RELCAM_PTHREADPOOL_DIR}/include")
target_include_directories(pthreadpool PRIVATE "${RELCAM_PTHREADPOOL_DIR}/src" "${RELCAM_FXDIV_DIR}/include")
target_compile_definitions(
  pthreadpool
  PRIVATE PTHREADPOOL_USE_CONDVAR=1
          PTHREADPOOL_USE_FUTEX=0
          PTHREADPOOL_USE_GCD=0
          PTHREADPOOL_USE_EVENT=0
          PTHREADPOOL_USE_FASTPATH=0
          PTHREADPOOL_USE_CPUINFO=0
          $<$<NOT:$<BOOL:${EMSCRIPTEN}>>:_GNU_SOURCE=1>)
target_compile_options(pthreadpool PRIVATE -w -O2)
if(RELCAM_THREADS)
  find_package(Threads REQUIRED)
  target_link_libraries(pthreadpool PUBLIC Threads::Threads)
endif()
