#include "methods/fusion.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/roster.h"
#include "methods/finish.h"

namespace relcam {

namespace {

struct NamedFusion {
  std::string_view name;
  Fusion fusion;
};

constexpr std::array kFusions = {NamedFusion{"none", Fusion::None},
                                 NamedFusion{"mean", Fusion::Mean}, NamedFusion{"max", Fusion::Max},
                                 NamedFusion{"product", Fusion::Product}};

float stronger(float a, float b) { return std::abs(b) > std::abs(a) ? b : a; }

float combine(float a, float b, Fusion fusion) {
  switch (fusion) {
    case Fusion::None: break;
    case Fusion::Mean: return a + b;  // divided when all are there
    case Fusion::Max: return stronger(a, b);
    case Fusion::Product: return a * b;
  }
  return a;
}

/// Factors have their last scaling before they meet: resizing may have lifted their minimum.
std::vector<float> as_operand(std::vector<float> map, Fusion fusion) {
  if (fusion == Fusion::Product) scale_to_unit(map);
  return map;
}

}  // namespace

Fusion find_fusion(std::string_view name) {
  if (name.empty()) return Fusion::None;
  return find_entry(std::span<const NamedFusion>(kFusions), "fusion", name).fusion;
}

std::vector<float> fuse(std::span<const std::vector<float>> maps, Fusion fusion) {
  std::vector<float> fused = as_operand(maps.front(), fusion);
  for (const std::vector<float>& map : maps.subspan(1)) {
    std::ranges::transform(fused, as_operand(map, fusion), fused.begin(),
                           [fusion](float a, float b) { return combine(a, b, fusion); });
  }
  if (fusion == Fusion::Mean) {
    for (float& value : fused) value /= static_cast<float>(maps.size());
  }
  return fused;
}

}  // namespace relcam
