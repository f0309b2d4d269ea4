#include "rules/share.h"

#include "kernels/shares.h"

namespace relcam {

void stabilize(const Stabilizer& stabilizer, std::span<float> z, const ThreadPool& pool) {
  switch (stabilizer.kind) {
    case Stabilizer::Kind::Exact: return;
    case Stabilizer::Kind::Signed: push_from_zero(z, stabilizer.epsilon, pool); return;
    case Stabilizer::Kind::Plus:
      for (float& value : z) value += stabilizer.epsilon;
      return;
  }
}

}  // namespace relcam
