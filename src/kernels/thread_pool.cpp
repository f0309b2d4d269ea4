#include "kernels/thread_pool.h"

#include <pthreadpool.h>

#include <algorithm>

#include "base/error.h"

namespace relcam {
namespace {

using Task = FunctionRef<void(std::size_t, std::size_t)>;

#ifdef RELCAM_THREADS
constexpr bool kCanThread = true;
#else
constexpr bool kCanThread = false;
#endif

struct Call {
  Task task;
};

void run(void* context, std::size_t begin, std::size_t length) {
  static_cast<const Call*>(context)->task(begin, begin + length);
}

}  // namespace

void ThreadPool::Destroy::operator()(pthreadpool* pool) const { pthreadpool_destroy(pool); }

ThreadPool::ThreadPool(std::size_t threads) {
  if (!kCanThread || threads <= 1) return;
  pool_.reset(pthreadpool_create(threads));
  if (pool_ == nullptr) {
    throw Error(ErrorCode::OutOfMemory,
                "The " + std::to_string(threads) +
                    " threads asked for could not be started; ask for fewer.");
  }
}

ThreadPool::~ThreadPool() = default;
ThreadPool::ThreadPool(ThreadPool&&) noexcept = default;
ThreadPool& ThreadPool::operator=(ThreadPool&&) noexcept = default;

std::size_t ThreadPool::threads() const {
  return pool_ == nullptr ? 1 : pthreadpool_get_threads_count(pool_.get());
}

void ThreadPool::parallel_for(std::size_t count, std::size_t grain, Task task) const {
  if (count == 0) return;
  const std::size_t step = std::max<std::size_t>(grain, 1);
  if (pool_ == nullptr || count <= step) {
    task(0, count);
    return;
  }
  Call call{task};
  pthreadpool_parallelize_1d_tile_1d(pool_.get(), run, &call, count, step, 0);
}

}  // namespace relcam
