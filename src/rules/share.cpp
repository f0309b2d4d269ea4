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

double stabilizer_part(const Stabilizer& stabilizer, float z) {
  const auto epsilon = static_cast<double>(stabilizer.epsilon);
  switch (stabilizer.kind) {
    case Stabilizer::Kind::Exact: return 0.0;
    case Stabilizer::Kind::Signed: return z < 0.0F ? -epsilon : epsilon;
    case Stabilizer::Kind::Plus: return epsilon;
  }
  return 0.0;
}

}  // namespace relcam
