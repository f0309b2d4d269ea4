#pragma once

#include <cstddef>

namespace relcam {

/// How far some work has come, in steps.
struct Count {
  std::size_t done = 0;
  std::size_t total = 0;

  Count& operator+=(const Count& other) {
    done += other.done;
    total += other.total;
    return *this;
  }
};

/// One step of a ForwardPass, a Sweep or a Tangent; false when it is finished.
template <typename Work>
bool take_step(Work& work) {
  if (work.finished()) return false;
  work.step();
  return true;
}

}  // namespace relcam
