#include "kernels/weight_map.h"

#include "kernels/simd.h"

namespace relcam {
namespace {

using simd::f32x4;

template <typename Map>
void map_all(const float* from, std::size_t count, float* to, const Map& map) {
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) simd::store(to + i, map(simd::load(from + i)));
  if (i < count) {
    simd::store_first(to + i, map(simd::load_first(from + i, count - i)), count - i);
  }
}

}  // namespace

void map_weights(WeightPart part, const float* from, std::size_t count, float* to) {
  const f32x4 zero = simd::zero();
  const f32x4 gamma = simd::splat(part.gamma);
  switch (part.kind) {
    case WeightPart::Kind::All: return map_all(from, count, to, [](f32x4 w) { return w; });
    case WeightPart::Kind::Positive:
      return map_all(from, count, to, [&](f32x4 w) { return simd::max(w, zero); });
    case WeightPart::Kind::Negative:
      return map_all(from, count, to, [&](f32x4 w) { return simd::min(w, zero); });
    case WeightPart::Kind::GammaPositive:
      return map_all(from, count, to, [&](f32x4 w) { return w + gamma * simd::max(w, zero); });
    case WeightPart::Kind::GammaNegative:
      return map_all(from, count, to, [&](f32x4 w) { return w + gamma * simd::min(w, zero); });
    case WeightPart::Kind::Square: return map_all(from, count, to, [](f32x4 w) { return w * w; });
    case WeightPart::Kind::One:
      return map_all(from, count, to, [](f32x4) { return simd::splat(1.0F); });
  }
}

ClampedPart clamped_part(WeightPart part) {
  const bool negative = part.kind == WeightPart::Kind::Negative;
  const bool positive = part.kind == WeightPart::Kind::Positive;
  return {.clamp = simd::clamp_signs(!positive, !negative),
          .needs_map = !positive && !negative && part.kind != WeightPart::Kind::All};
}

float mapped_weight(WeightPart part, float weight) {
  float result = 0.0F;
  map_weights(part, &weight, 1, &result);
  return result;
}

}  // namespace relcam
