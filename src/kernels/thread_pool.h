#pragma once

#include <cstddef>
#include <memory>

#include "base/function_ref.h"

struct pthreadpool;

namespace relcam {

/// Owns the threads that kernels share. One thread means: run on the caller; builds without threads
/// never have more. Throws OutOfMemory when the threads cannot be started.
class ThreadPool {
 public:
  explicit ThreadPool(std::size_t threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ThreadPool(ThreadPool&&) noexcept;
  ThreadPool& operator=(ThreadPool&&) noexcept;

  std::size_t threads() const;
  /// For XNNPACK; null when there is one thread.
  pthreadpool* handle() const { return pool_.get(); }

  /// Calls task(begin, end) over disjoint ranges that cover [0, count), each a multiple of
  /// `grain` long (but for the last), and returns when all are done.
  void parallel_for(std::size_t count, std::size_t grain,
                    FunctionRef<void(std::size_t begin, std::size_t end)> task) const;

 private:
  struct Destroy {
    void operator()(pthreadpool* pool) const;
  };
  std::unique_ptr<pthreadpool, Destroy> pool_;
};

}  // namespace relcam
